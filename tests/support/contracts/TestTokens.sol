// SPDX-License-Identifier: MIT
// Tokens of the tests, one for each habit of real ones. The .hex files are their creation code:
// solc 0.8.26, optimizer on with 200 runs, evmVersion paris, no metadata hash.
pragma solidity 0.8.26;

contract TestToken {
    string public name;
    string public symbol;
    uint8 public immutable decimals;
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    // The whole supply goes to the creator.
    constructor(string memory name_, string memory symbol_, uint8 decimals_, uint256 supply) {
        name = name_;
        symbol = symbol_;
        decimals = decimals_;
        totalSupply = supply;
        balanceOf[msg.sender] = supply;
        emit Transfer(address(0), msg.sender, supply);
    }

    function transfer(address to, uint256 value) external returns (bool) {
        move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        require(allowance[from][msg.sender] >= value, "allowance too low");
        allowance[from][msg.sender] -= value;
        move(from, to, value);
        return true;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function move(address from, address to, uint256 value) private {
        require(balanceOf[from] >= value, "balance too low");
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }
}

// Like USDT and MKR: no return values, bytes32 texts. Sends 1 unit of each transfer elsewhere, so
// that one transaction has two logs.
contract OldToken {
    bytes32 public constant name = "Old Token";
    bytes32 public constant symbol = "OLD";
    uint256 public constant decimals = 18;
    mapping(address => uint256) public balanceOf;

    event Transfer(address indexed from, address indexed to, uint256 value);

    constructor() {
        balanceOf[msg.sender] = 1000000 ether;
    }

    function transfer(address to, uint256 value) external {
        require(balanceOf[msg.sender] >= value && value > 0, "balance too low");
        balanceOf[msg.sender] -= value;
        balanceOf[address(1)] += 1;
        balanceOf[to] += value - 1;
        emit Transfer(msg.sender, address(1), 1);
        emit Transfer(msg.sender, to, value - 1);
    }
}

// Answers false instead of reverting.
contract FalseToken {
    string public constant name = "False Token";
    string public constant symbol = "FALSE";
    uint8 public constant decimals = 18;
    mapping(address => uint256) public balanceOf;

    constructor() {
        balanceOf[msg.sender] = 1000000 ether;
    }

    function transfer(address, uint256) external pure returns (bool) {
        return false;
    }
}

// Takes coins, at a price above 21,000 gas.
contract Purse {
    event Received(address from, uint256 value);

    receive() external payable {
        emit Received(msg.sender, msg.value);
    }
}
