"""docker-compose.yml: the common subset of docker-compose 1.29 and Compose v2."""

HEAD = """\
# Made by scripts/deploy-files from scripts/lib/common.sh and deploy/nodes.yaml: change those, not this.
#
#   docker-compose build
#   docker-compose up -d postgres redis
#   docker-compose up -d
#
# `prepare` gives each part its own identity and secrets as files in a volume of its own, made from .env;
# `migrate` brings the database to this version. After a change of .env: docker-compose up -d, then
# docker-compose restart SERVICE. Only the gateway is published, on the loopback address.

x-build: &build
  context: .
  dockerfile: deploy/Dockerfile
  network: host

x-build-args: &build-args
  VERSION: "{version}"
  BINARIES: ${{BINARIES:-source}}
  PLATFORM_COMMIT: ${{PLATFORM_COMMIT:-}}
  EXTRA_CA: ${{EXTRA_CA:-}}

x-confined: &confined
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  logging: &logging
    driver: json-file
    options: {{max-size: 10m, max-file: "3"}}

x-daemon: &daemon
  <<: *confined
  restart: unless-stopped
  stop_grace_period: 20s
  tmpfs: [/tmp]
  depends_on:
    migrate: {{condition: service_completed_successfully}}

x-addresses: &addresses
{addresses}
services:
  prepare:
    <<: *confined
    image: platform/tools:${{PLATFORM_TAG:-{version}}}
    build:
      <<: *build
      target: tools
      args: {{<<: *build-args}}
    command: [prepare]
    env_file: [.env]
    environment:
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD:?is missing in .env; run scripts/up --env-only}}
      JWT_SECRET: ${{JWT_SECRET:?is missing in .env; run scripts/up --env-only}}
      ENCRYPTION_KEY: ${{ENCRYPTION_KEY:?is missing in .env; run scripts/up --env-only}}
    network_mode: none
    tmpfs: [/tmp]
    volumes:
{prepared}

  postgres:
    <<: *confined
    image: postgres:16
    user: "999:999"
    restart: unless-stopped
    stop_grace_period: 60s
    command: [postgres, -c, max_connections=300]
    environment:
      POSTGRES_USER: crypto_user
      POSTGRES_DB: crypto_platform
      POSTGRES_PASSWORD_FILE: /run/platform/password
      PGDATA: /var/lib/postgresql/data/16
    networks: [inside]
    shm_size: 128m
    tmpfs: [/tmp, /var/run/postgresql]
    volumes: ["postgres-data:/var/lib/postgresql/data", "postgres-identity:/run/platform:ro"]
    depends_on:
      prepare: {{condition: service_completed_successfully}}
    healthcheck:
      test: [CMD, pg_isready, -q, -h, 127.0.0.1, -U, crypto_user, -d, crypto_platform]
      interval: 3s
      timeout: 5s
      retries: 20

  redis:
    <<: *confined
    image: redis:7
    user: "999:999"
    restart: unless-stopped
    command: [redis-server, /run/platform/redis.conf]
    networks: [inside]
    tmpfs: [/tmp]
    volumes: ["redis-identity:/run/platform:ro"]
    depends_on:
      prepare: {{condition: service_completed_successfully}}
    healthcheck:
      test: [CMD-SHELL, 'REDISCLI_AUTH="$$(cat /run/platform/password)" redis-cli ping | grep -q PONG']
      interval: 3s
      timeout: 5s
      retries: 20

  migrate:
    <<: *confined
    image: platform/tools:${{PLATFORM_TAG:-{version}}}
    command: [migrate]
    networks: [inside]
    tmpfs: [/tmp]
    volumes: ["migrate-identity:/identities/migrate:ro"]
    depends_on:
      prepare: {{condition: service_completed_successfully}}
      postgres: {{condition: service_healthy}}
"""

SERVICE = """
  {name}:
    <<: *daemon
    image: platform/{name}:${{PLATFORM_TAG:-{version}}}
    build:
      <<: *build
      target: service
      args: {{<<: *build-args, SERVICE: {name}}}
    environment: {{<<: *addresses{environment}}}
    networks: [{networks}]
    volumes: [{volumes}]
"""

# A node writes its whole state when it is told to stop; cut short, it would begin another chain.
NODE = """
  {name}:
    <<: *confined
    image: {image}
{start}
    profiles: [devnet]
    restart: unless-stopped
    stop_grace_period: 120s
    command: [{command}]
    networks: [inside]
    tmpfs: [/tmp]
    volumes: [{volumes}]
"""

OWN_START = """\
    build:
      <<: *build
      target: {stage}
      args: {{<<: *build-args}}"""

# `prepare` makes the volume ours, whatever account the image has.
PUBLIC_START = """\
    user: "10001:10001"
    entrypoint: ["{program}"]
    environment: {{HOME: /tmp}}
    depends_on:
      prepare: {{condition: service_completed_successfully}}"""

MINER = """
  {name}-miner:
    <<: *confined
    image: platform/tools:${{PLATFORM_TAG:-{version}}}
    profiles: [devnet]
    restart: unless-stopped
    command: [mine, {chain}, {name}]
    networks: [inside]
    tmpfs: [/tmp]
"""

TAIL = """
networks:
  # Nothing here reaches the outside or is reached from there.
  inside:
    internal: true
  outside: {{}}

volumes:
{volumes}
"""


def prefix(name):
    return name.upper().replace("-", "_")


def addresses(fleet):
    """What all daemons are told alike: where each listens and is called."""
    lines = {}
    for service in fleet["services"]:
        if "grpc" in service:
            lines[f"{prefix(service['name'])}_GRPC_LISTEN"] = f"0.0.0.0:{service['grpc']}"
            lines[f"{prefix(service['name'])}_ADDRESS"] = f"{service['name']}:{service['grpc']}"
    lines.update({f"{prefix(name)}_ADDRESS": "off" for name in fleet["left_out"]})
    return lines


def service_text(service, version):
    name, kind = service["name"], service["kind"]
    volumes = [f"{name}-identity:/run/platform:ro"]
    environment = ""
    if kind == "keys":
        volumes += [f"{name}-incarnation:/var/lib/platform/incarnation", f"{name}-key-journal:/var/lib/platform/key-journal"]
        environment = f", REPLICA_NAME: {name}-0"
    text = SERVICE.format(
        name=name, version=version, environment=environment,
        networks="inside, outside" if kind in ("chain", "gateway") else "inside",
        volumes=quoted(volumes))
    if kind == "gateway":
        text += f'    ports: ["127.0.0.1:${{GATEWAY_PORT:-{service["http"]}}}:{service["http"]}"]\n'
    return text


def node_text(node, version):
    name, command = node["name"], node["command"]
    volumes = [f"{name}-data:/var/lib/platform"]
    if node["file"]:
        volumes.append(f"./{node['file']}:/etc/platform/{node['file'].rsplit('/', 1)[1]}:ro")
    if node["stage"]:
        image, start = f"platform/{node['stage']}:${{PLATFORM_TAG:-{version}}}", OWN_START.format(**node)
    else:
        image, start, command = node["image"], PUBLIC_START.format(program=command[0]), command[1:]
    text = NODE.format(name=name, image=image, start=start, command=quoted(command), volumes=quoted(volumes))
    return text + (MINER.format(version=version, **node) if node["mined"] else "")


def quoted(words):
    return ", ".join(f'"{word}"' for word in words)


def volume_names(fleet):
    names = ["authority", "migrate-identity", "postgres-identity", "redis-identity", "postgres-data"]
    for service in fleet["services"]:
        names.append(f"{service['name']}-identity")
        if service["kind"] == "keys":
            names += [f"{service['name']}-incarnation", f"{service['name']}-key-journal"]
    return names + [f"{node['name']}-data" for node in fleet["nodes"]]


def write(fleet):
    version = fleet["version"]
    told = "".join(f'  {name}: "{value}"\n' for name, value in addresses(fleet).items())
    parts = ["migrate", "postgres", "redis"] + [service["name"] for service in fleet["services"]]
    prepared = "\n".join(['      - authority:/identities/authority'] + [f"      - {name}-identity:/identities/{name}" for name in parts] +
                         [f"      - {node['name']}-data:/identities/{node['name']}" for node in fleet["nodes"] if node["image"]])
    text = HEAD.format(version=version, addresses=told, prepared=prepared)
    text += "".join(service_text(service, version) for service in fleet["services"])
    text += "".join(node_text(node, version) for node in fleet["nodes"])
    return text + TAIL.format(volumes="\n".join(f"  {name}: {{}}" for name in volume_names(fleet)))
