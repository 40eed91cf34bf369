#include "support/private_postgres.h"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/files.h"

namespace support {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDatabase = "platform";
constexpr std::string_view kOwner = "platform";
constexpr std::string_view kSuperuser = "postgres";
constexpr std::string_view kServerAccount = "postgres";
constexpr std::chrono::seconds kPostgresStartTimeout{30};
constexpr std::chrono::hours kTemplateAgeMax{24};
constexpr std::string_view kRecipe = "2";  // to be raised when BuildTemplate changes
constexpr int kSocketNumber = 5432;        // names the socket, no port is opened

// Postgres refuses to run as root.
std::string ServerUser() {
    return geteuid() == 0 ? std::string(kServerAccount) : std::string();
}

// A program of the newest installed version, without Debian's slow wrapper around it.
fs::path Binary(std::string_view name) {
    std::vector<std::pair<int, fs::path>> found;
    if (fs::is_directory("/usr/lib/postgresql")) {
        for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql")) {
            const fs::path path = entry.path() / "bin" / name;
            if (fs::exists(path)) {
                found.emplace_back(std::atoi(entry.path().filename().c_str()), path);
            }
        }
    }
    return found.empty() ? fs::path(name) : std::max_element(found.begin(), found.end())->second;
}

std::string SocketUrl(const fs::path& folder, std::string_view role, std::string_view database) {
    return "postgresql://" + std::string(role) + "@/" + std::string(database) +
           "?host=" + folder.string();
}

void RunOrThrow(std::vector<std::string> command,
                const std::map<std::string, std::string>& environment = {}) {
    const std::string name = command.front();
    const CommandResult result = RunCommand(std::move(command), environment);
    if (result.exit_code != 0) {
        throw std::runtime_error(name + " failed:\n" + result.output);
    }
}

void GiveToServer(const fs::path& path) {
    if (const std::string user = ServerUser(); !user.empty()) {
        const passwd* account = getpwnam(user.c_str());
        if (account == nullptr || chown(path.c_str(), account->pw_uid, account->pw_gid) != 0) {
            throw std::runtime_error("cannot give " + path.string() + " to " + user);
        }
    }
}

std::string Psql(const std::string& url, std::string_view statements) {
    const CommandResult result = RunCommand({Binary("psql"),
                                             "-X",
                                             "-q",
                                             "-A",
                                             "-t",
                                             "-v",
                                             "ON_ERROR_STOP=1",
                                             "-d",
                                             url,
                                             "-c",
                                             std::string(statements)});
    if (result.exit_code != 0) {
        throw std::runtime_error("psql failed:\n" + result.output);
    }
    return result.output.substr(0, result.output.find_last_not_of('\n') + 1);
}

// The server on the data directory `folder`/data, with its socket and log in `folder`.
std::unique_ptr<Process> StartServer(const fs::path& folder,
                                     const std::vector<std::string>& settings) {
    ProcessOptions options;
    options.command = {Binary("postgres"),
                       "-D",
                       folder / "data",
                       "-k",
                       folder,
                       "-p",
                       std::to_string(kSocketNumber),
                       "-c",
                       "listen_addresses="};
    for (const std::string& setting : settings) {
        options.command.insert(options.command.end(), {"-c", setting});
    }
    options.output = folder / "log";
    options.user = ServerUser();
    options.stop_signal = SIGINT;  // fast shutdown; SIGTERM would wait for the clients
    auto server = std::make_unique<Process>(std::move(options));
    // A file of an earlier run may be left; pg_isready asks the server itself.
    const bool ready = WaitUntil(
        [&] {
            return !server->Running() ||
                   RunCommand(
                       {Binary("pg_isready"), "-q", "-d", SocketUrl(folder, kSuperuser, kDatabase)})
                           .exit_code == 0;
        },
        kPostgresStartTimeout);
    if (!ready || !server->Running()) {
        throw std::runtime_error("postgres does not start:\n" + server->Output());
    }
    return server;
}

// FNV-1a over everything that shapes the template.
std::string TemplateKey(bool migrated) {
    std::vector<fs::path> files = {SourceDir() / "scripts/migrate.sh"};
    for (const auto& entry : fs::directory_iterator(SourceDir() / "deploy/postgres/migrations")) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::string content = std::string(kRecipe) + Binary("postgres").string();
    for (const fs::path& file : files) {
        content += migrated ? file.filename().string() + ReadFile(file) : "";
    }
    std::uint64_t hash = 14695981039346656037U;
    for (const char letter : content) {
        hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211U;
    }
    return std::to_string(hash);
}

// Our own folder for templates; another account must not have made it.
fs::path TemplatesFolder() {
    fs::path folder =
        fs::temp_directory_path() / ("platform-test-postgres-" + std::to_string(geteuid()));
    (void)mkdir(folder.c_str(), 0700);

    struct stat status {};

    if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != geteuid()) {
        throw std::runtime_error(folder.string() + " is not ours");
    }
    return folder;
}

void BuildTemplate(const fs::path& target, bool migrated) {
    const TempDir work;
    GiveToServer(work.path());
    ProcessOptions init;
    init.command = {Binary("initdb"),
                    "-D",
                    work.path() / "data",
                    "-U",
                    std::string(kSuperuser),
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8",
                    "--wal-segsize=1",
                    "--no-sync"};
    init.output = work.path() / "initdb.log";
    init.user = ServerUser();
    Process initdb(init);
    if (initdb.Wait(kPostgresStartTimeout) != 0) {
        throw std::runtime_error("initdb failed:\n" + initdb.Output());
    }
    auto server = StartServer(work.path(), {"fsync=off"});
    const std::string owner(kOwner);
    const std::string database(kDatabase);
    const std::string superuser_url = SocketUrl(work.path(), kSuperuser, "postgres");
    Psql(superuser_url, "CREATE ROLE " + owner + " LOGIN CREATEROLE");
    Psql(superuser_url, "CREATE DATABASE " + database + " OWNER " + owner);
    if (migrated) {
        RunOrThrow({SourceDir() / "scripts/migrate.sh", "up"},
                   {{"DATABASE_URL", SocketUrl(work.path(), kOwner, kDatabase)}});
        Psql(superuser_url,
             "DO $$ DECLARE member name; BEGIN FOR member IN SELECT rolname FROM pg_roles"
             " WHERE pg_has_role(rolname, 'platform_services', 'MEMBER') AND NOT rolsuper"
             " LOOP EXECUTE format('ALTER ROLE %I LOGIN', member); END LOOP; END $$");
    }
    // Each of the other databases would be a thousand files more to copy.
    const std::string url = SocketUrl(work.path(), kSuperuser, kDatabase);
    Psql(url, "UPDATE pg_database SET datistemplate = false");
    for (const std::string_view other : {"postgres", "template0", "template1"}) {
        Psql(url, "DROP DATABASE " + std::string(other));
    }
    server->Stop();
    fs::rename(work.path() / "data", target);
}

// The template's data directory. Processes that need it at the same time wait for the first.
fs::path Template(bool migrated) {
    const fs::path folder = TemplatesFolder();
    fs::path target = folder / TemplateKey(migrated);
    const int lock = open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX) != 0) {
        throw std::runtime_error("cannot lock " + folder.string());
    }
    const std::unique_ptr<const int, void (*)(const int*)> unlock(
        &lock, [](const int* descriptor) { close(*descriptor); });
    if (!fs::exists(target)) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            const auto age = fs::file_time_type::clock::now() - entry.last_write_time();
            if (entry.is_directory() && age > kTemplateAgeMax) {
                fs::remove_all(entry.path());
            }
        }
        BuildTemplate(target, migrated);
    }
    return target;
}

}  // namespace

PrivatePostgres::PrivatePostgres(PostgresOptions options) : options_(std::move(options)) {
    GiveToServer(folder_.path());
    RunOrThrow(
        {"cp", "-a", "--reflink=auto", Template(options_.migrated), folder_.path() / "data"});
    Start();
}

std::string PrivatePostgres::Url(std::string_view role) const {
    return SocketUrl(folder_.path(), role, kDatabase);
}

fs::path PrivatePostgres::SocketPath() const {
    return folder_.path() / (".s.PGSQL." + std::to_string(kSocketNumber));
}

std::string PrivatePostgres::TcpUrl(std::uint16_t port, std::string_view role) {
    return "postgresql://" + std::string(role) + "@127.0.0.1:" + std::to_string(port) + "/" +
           std::string(kDatabase);
}

std::string PrivatePostgres::Sql(std::string_view statements) const {
    return Psql(Url(kSuperuser), statements);
}

void PrivatePostgres::Start() {
    std::vector<std::string> settings = {
        "shared_buffers=16MB", "max_connections=300", options_.fsync ? "fsync=on" : "fsync=off"};
    settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
    server_ = StartServer(folder_.path(), settings);
}

void PrivatePostgres::Stop() {
    server_.reset();
}

void PrivatePostgres::Crash() {
    // Immediate shutdown: no checkpoint, recovery at the next start. SIGKILL of the postmaster
    // alone would leave its children holding the data directory.
    if (server_) {
        server_->Signal(SIGQUIT);
        server_.reset();
    }
}

}  // namespace support
