// What Row and Rows share: the client library's result. Only for the .cpp files of libs/pg.
#pragma once

#include <pqxx/result>

namespace pg {

struct ResultData {
    pqxx::result result;
};

}  // namespace pg
