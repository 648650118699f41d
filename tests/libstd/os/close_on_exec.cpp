// SPDX-License-Identifier: MIT
//
// A program that is started meanwhile gets no descriptor that weld makes.
#include <support/net.hpp>
#include <support/soak.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/pipe.hpp>
#include <weld/net.hpp>
#include <weld/thread.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace fs = weld::fs;
namespace net = weld::net;
using fs::File;
using test::must;

namespace {

std::set<int> descriptors() {
    std::set<int> all;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        all.insert(std::stoi(entry.path().filename().string()));
    }
    return all;
}

/// What `ls /proc/self/fd` says when it is begun now: its own descriptors, one a line. Nothing when that fails.
std::string descriptors_of_child() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return {};
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::array<std::string, 2> words = {"ls", "/proc/self/fd"};
    std::array<char*, 3> arguments = {words[0].data(), words[1].data(), nullptr};
    pid_t child = -1;
    const int error = ::posix_spawn(&child, "/bin/ls", &actions, nullptr, arguments.data(), ::environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string said;
    std::array<char, 256> buffer{};
    for (ssize_t size; (size = TEMP_FAILURE_RETRY(::read(ends[0], buffer.data(), buffer.size()))) > 0;) {
        said.append(buffer.data(), static_cast<std::size_t>(size));
    }
    ::close(ends[0]);
    const bool ended = error == 0 && TEMP_FAILURE_RETRY(::waitpid(child, nullptr, 0)) == child;
    return ended ? said : std::string();
}

/// So that closing leaves no connection for the system to remember: a thousand a second would be too many.
void end_at_once(const net::TcpStream& stream) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    (void)::setsockopt(weld::os::fd(stream), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/// Opens one of each and closes it; whether all were had.
bool open_and_close(const std::string& dir, const net::TcpListener& listener) {
    const auto file = File::open(dir + "/file");
    const auto clone = file ? file->try_clone() : File::open(dir);
    const auto entries = fs::read_dir(dir);
    const auto opened = fs::Dir::open(dir);
    const auto pipe = weld::io::pipe();
    const auto temp = fs::TempFile::create(dir);
    const auto unnamed = fs::unnamed_file(dir);
    const auto address = listener.local_addr();
    const auto stream = address ? net::TcpStream::connect(*address) : std::unexpected(address.error());
    const auto accepted = stream ? listener.accept() : std::unexpected(stream.error());
    if (accepted) {
        end_at_once(*stream);
        end_at_once(accepted->stream);
    }
    return clone && entries && opened && pipe && temp && unnamed && accepted;
}

}  // namespace

TEST_CASE("a child inherits nothing that weld opens", "[promise:2.1]") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "a/b"));
    must(fs::write(dir / "file", "text"));
    must(fs::write(dir / "a/b/file", "text"));
    const std::set<int> before = descriptors();

    const File opened = must(File::open(dir / "file"));
    const File created = must(File::create(dir / "created"));
    const File made = must(File::create_new(dir / "made"));
    const File appended = must(File::open(dir / "file", {.append = true, .create = true, .custom_flags = O_SYNC}));
    const File cloned = must(opened.try_clone());
    const File unnamed = must(fs::unnamed_file(dir.path()));
    const fs::TempFile temp_file = must(fs::TempFile::create(dir.path()));
    const fs::TempDir temp_dir = must(fs::TempDir::create(dir.path()));
    const fs::AtomicFile atomic = must(fs::AtomicFile::create(dir / "file"));

    const fs::Dir directory = must(fs::Dir::open(dir.path()));
    const fs::Dir inner = must(directory.open_dir("a"));
    const fs::Dir inner_clone = must(inner.try_clone());
    const File from_directory = must(directory.open_file("file"));
    auto entries = must(fs::read_dir(dir.path()));
    auto inner_entries = must(directory.read_dir("a"));
    auto own_entries = must(inner.entries());
    auto walk = must(fs::walk(dir.path(), {.follow_links = true}));
    for (auto* item = walk.next(); item != nullptr && must(*item).depth() < 3; item = walk.next()) {
    }
    CHECK(entries.next() != nullptr);
    CHECK(inner_entries.next() != nullptr);
    CHECK(own_entries.next() != nullptr);

    const weld::io::Pipe pipe = must(weld::io::pipe());
    const weld::io::PipeReader reader = must(pipe.reader.try_clone());
    const weld::io::PipeWriter writer = must(pipe.writer.try_clone());
    const net::TcpListener listener = must(net::TcpListener::bind(test::loopback()));
    const net::SocketAddr address = must(listener.local_addr());
    const net::TcpStream stream = must(net::TcpStream::connect(address));
    const net::TcpStream in_time = must(net::TcpStream::connect_timeout(address, std::chrono::seconds(10)));
    const auto accepted = must(listener.accept());

    std::size_t count = 0;
    for (const int fd : descriptors()) {
        const int flags = ::fcntl(fd, F_GETFD);
        if (before.contains(fd) || flags < 0) {  // the iterator's own is closed
            continue;
        }
        INFO(fd << " " << std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)).string());
        CHECK(flags == FD_CLOEXEC);
        CHECK(fd > 2);
        ++count;
    }
    CHECK(count >= 25);
}

TEST_CASE("a program started while eight threads open and close descriptors gets none of them", "[soak][promise:2.1]") {
    if (::access("/bin/ls", X_OK) != 0) {
        WARN("no /bin/ls: skipped");
        return;
    }
    const test::TempDir dir(test::memory_directory());
    must(fs::write(dir / "file", ""));
    const auto listener = must(net::TcpListener::bind(test::loopback()));
    const std::string alone = descriptors_of_child();
    REQUIRE_FALSE(alone.empty());

    std::atomic<bool> stop = false;
    std::atomic<int> good = 0;
    std::set<std::string> said;
    weld::thread::scope([&](auto& scope) {
        for (int i = 0; i < 8; ++i) {
            must(scope.spawn([&] {
                while (!stop) {
                    good += open_and_close(dir.path(), listener) ? 1 : 0;
                }
            }));
        }
        const auto end = std::chrono::steady_clock::now() +
                         std::max<std::chrono::milliseconds>(std::chrono::seconds(1), test::soak_time());
        const int rounds = test::attack_rounds(500);
        for (int round = 0; round < 20 || (round < rounds && std::chrono::steady_clock::now() < end); ++round) {
            said.insert(descriptors_of_child());
        }
        stop = true;
    });
    CHECK(good > 0);
    CHECK(said == std::set<std::string>{alone});
}
