// SPDX-License-Identifier: MIT
//
// The runtime of 2014: each kind of object that its factory makes works.
#include <support/words.hpp>

#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime_2014/args.hpp"
#include "runtime_2014/fs.hpp"
#include "runtime_2014/local_data.hpp"
#include "runtime_2014/native/mutex.hpp"
#include "runtime_2014/native/task.hpp"
#include "runtime_2014/process.hpp"
#include "runtime_2014/stdio.hpp"
#include "runtime_2014/task.hpp"

namespace io = runtime_2014;
namespace rtio = runtime_2014::rtio;
using test::bytes;
using test::text;

namespace {

/// The value of a result of either layer of that runtime; an error fails the test.
template <class T, class E>
T value(std::expected<T, E> result) {
    if (!result) {
        FAIL("the call failed: " << result.error().detail.value_or("no detail"));
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

/// Runs `body` as a task of this thread; returns whether it succeeded.
bool in_task(std::function<void()> body) { return io::Task::run(io::native::new_task(), body); }

rtio::SocketAddr loopback() { return {.v6 = false, .ip = {127, 0, 0, 1}, .port = 0}; }

template <class F>
auto with_io(F&& call) {
    return value(rtio::maybe_raise(std::forward<F>(call)));
}

std::string read(auto& source, std::size_t size = 64) {
    std::string buffer(size, '\0');
    buffer.resize(value(source.read(std::as_writable_bytes(std::span(buffer)))));
    return buffer;
}

class Counting final : public rtio::Callback {
public:
    explicit Counting(std::atomic<int>& count) : count_(count) {}
    void call() override { ++count_; }

private:
    std::atomic<int>& count_;
};

}  // namespace

TEST_CASE("a thread without a task has no I/O services", "[bench]") {
    const auto stat = io::fs::stat("/");
    REQUIRE(!stat);
    CHECK(stat.error().kind == io::IoErrorKind::InvalidInput);
}

TEST_CASE("a file is created, written, read, stat-ed and removed", "[bench]") {
    const test::TempDir scratch;
    const std::string path = scratch / "file";
    CHECK(in_task([&] {
        {
            auto file = value(io::fs::File::create(path.c_str()));
            value(file.write(bytes("some text")));
        }
        auto file = value(io::fs::File::open(path.c_str()));
        value(file.seek(5, rtio::SeekStyle::Set));
        CHECK(read(file) == "text");
        std::array<std::byte, 1> byte{};
        CHECK(file.read(byte).error().kind == io::IoErrorKind::EndOfFile);
        CHECK(value(file.stat()).size == 9);
        CHECK(value(io::fs::lstat(path.c_str())).kind == io::fs::FileType::File);
        value(io::fs::unlink(path.c_str()));
        const auto missing = io::fs::stat(path.c_str());
        CHECK(missing.error().kind == io::IoErrorKind::FileNotFound);
        CHECK(missing.error().detail == "no such file or directory; path=" + path);
    }));
}

TEST_CASE("names are created, linked, changed, listed and removed", "[bench]") {
    const test::TempDir scratch;
    const auto c_str = [&](const char* name) { return io::Path((scratch / name).c_str()).to_c_str(); };
    CHECK(in_task([&] {
        with_io([&](rtio::IoFactory& factory) -> rtio::IoResult<void> {
            value(factory.fs_mkdir(c_str("dir"), 0700));
            value(factory.fs_open(c_str("dir/a"), rtio::FileMode::Truncate, rtio::FileAccess::Write));
            value(factory.fs_link(c_str("dir/a"), c_str("dir/b")));
            value(factory.fs_symlink(c_str("dir/a"), c_str("dir/c")));
            CHECK(value(factory.fs_readlink(c_str("dir/c"))).as_ptr() == scratch / "dir/a");
            value(factory.fs_chmod(c_str("dir/a"), 0640));
            value(factory.fs_chown(c_str("dir/a"), static_cast<int>(::getuid()), static_cast<int>(::getgid())));
            value(factory.fs_utime(c_str("dir/a"), 1000, 2500));
            const auto stat = value(factory.fs_stat(c_str("dir/b")));
            CHECK((stat.perm & 0777) == 0640);
            CHECK(stat.modified == 2500);
            CHECK(stat.nlink == 2);
            CHECK(value(factory.fs_readdir(c_str("dir"))).size() == 3);
            value(factory.fs_rename(c_str("dir/b"), c_str("dir/a")));
            for (const char* name : {"dir/a", "dir/b", "dir/c"}) {
                value(factory.fs_unlink(c_str(name)));
            }
            return factory.fs_rmdir(c_str("dir"));
        });
    }));
}

TEST_CASE("TCP carries bytes in both directions, and a read ends at its deadline", "[bench]") {
    CHECK(in_task([] {
        auto listener = with_io([](rtio::IoFactory& factory) { return factory.tcp_bind(loopback()); });
        const auto address = value(listener->socket_name());
        auto acceptor = value(listener->listen());
        auto client = with_io([&](rtio::IoFactory& factory) { return factory.tcp_connect(address, 10000); });
        auto server = value(acceptor->accept());
        CHECK(value(server->peer_name()) == value(client->socket_name()));
        value(client->nodelay());
        value(client->keepalive(5));
        value(client->letdie());
        value(client->write(bytes("ping")));
        CHECK(read(*server) == "ping");
        auto clone = server->clone();
        value(clone->write(bytes("pong")));
        client->set_timeout(10000);
        CHECK(read(*client) == "pong");
        client->set_read_timeout(0);
        std::array<std::byte, 1> byte{};
        CHECK(client->read(byte).error().code == ETIMEDOUT);
        value(client->close_write());
        CHECK(server->read(byte).error().code == rtio::end_of_file);
        acceptor->set_timeout(0);
        CHECK(acceptor->accept().error().code == ETIMEDOUT);
        listener = nullptr;
        acceptor = nullptr;
        const auto refused = rtio::maybe_raise([&](rtio::IoFactory& io) { return io.tcp_connect(address, {}); });
        CHECK(refused.error().code == ECONNREFUSED);
    }));
}

TEST_CASE("UDP carries a datagram with its sender", "[bench]") {
    CHECK(in_task([] {
        auto one = with_io([](rtio::IoFactory& factory) { return factory.udp_bind(loopback()); });
        auto other = with_io([](rtio::IoFactory& factory) { return factory.udp_bind(loopback()); });
        const auto to = value(other->socket_name());
        value(one->time_to_live(3));
        value(one->hear_broadcasts());
        value(one->loop_multicast_locally());
        value(one->clone()->send_to(bytes("datagram"), to));
        std::array<std::byte, 16> buffer{};
        const auto [size, from] = value(other->recv_from(buffer));
        CHECK(text(buffer, size) == "datagram");
        CHECK(from == value(one->socket_name()));
        other->set_read_timeout(0);
        CHECK(other->recv_from(buffer).error().code == ETIMEDOUT);
    }));
}

TEST_CASE("the path of a Unix domain socket is removed with its listener", "[bench]") {
    const test::TempDir scratch;
    const std::string path = scratch / "socket";
    CHECK(in_task([&] {
        const auto name = io::Path(path.c_str()).to_c_str();
        auto listener = with_io([&](rtio::IoFactory& factory) { return factory.unix_bind(name); });
        auto acceptor = value(listener->listen());
        auto client = with_io([&](rtio::IoFactory& factory) { return factory.unix_connect(name, 10000); });
        auto server = value(acceptor->accept());
        value(client->write(bytes("near")));
        value(client->close_write());
        CHECK(read(*server) == "near");
        acceptor = nullptr;
        CHECK(::access(path.c_str(), F_OK) == -1);
        const auto long_name = io::Path(std::string(200, 'x').c_str()).to_c_str();
        const auto too_long = rtio::maybe_raise([&](rtio::IoFactory& io) { return io.unix_bind(long_name); });
        CHECK(too_long.error().code == EINVAL);
    }));
}

TEST_CASE("a pipe can be made from a descriptor, and is no terminal", "[bench]") {
    int fds[2];
    REQUIRE(::pipe(fds) == 0);
    CHECK(in_task([&] {
        auto reader = with_io([&](rtio::IoFactory& factory) { return factory.pipe_open(fds[0]); });
        auto writer = with_io([&](rtio::IoFactory& factory) { return factory.pipe_open(fds[1]); });
        value(writer->write(bytes("through")));
        CHECK(read(*reader) == "through");
        const auto terminal = rtio::maybe_raise([&](rtio::IoFactory& io) { return io.tty_open(fds[0], true); });
        CHECK(terminal.error().code == ENOTTY);
        const auto signal = rtio::maybe_raise([](rtio::IoFactory& io) { return io.signal(SIGINT, nullptr); });
        CHECK(signal.error().detail == "unimplemented I/O interface");
    }));
}

TEST_CASE("the addresses of a numeric host are its number", "[bench]") {
    CHECK(in_task([] {
        const auto host = io::Path("127.0.0.1").to_c_str();
        const auto service = io::Path("80").to_c_str();
        const rtio::AddrinfoHint hint{.family = AF_INET, .socktype = SOCK_STREAM, .protocol = 0, .flags = 0};
        const auto found =
            with_io([&](rtio::IoFactory& factory) { return factory.get_host_addresses(&host, &service, hint); });
        REQUIRE(found.size() == 1);
        CHECK(found[0].address == rtio::SocketAddr{.v6 = false, .ip = {127, 0, 0, 1}, .port = 80});
    }));
}

TEST_CASE("a timer calls back once, or repeatedly until another call uses it", "[bench]") {
    CHECK(in_task([] {
        std::atomic<int> once = 0;
        std::atomic<int> often = 0;
        auto first = with_io([](rtio::IoFactory& factory) { return factory.timer_init(); });
        auto second = with_io([](rtio::IoFactory& factory) { return factory.timer_init(); });
        first->oneshot(1, std::make_unique<Counting>(once));
        second->period(1, std::make_unique<Counting>(often));
        CHECK(test::eventually([&] { return once == 1 && often >= 3; }));
        second->sleep(1);
        const int seen = often;
        first->sleep(5);
        CHECK(often == seen);
        CHECK(once == 1);
    }));
}

TEST_CASE("a program is started, written to, read from, waited for and killed", "[bench]") {
    CHECK(in_task([] {
        auto child = value(io::process::Command("cat").spawn());
        value(child.stdin_pipe->write(bytes("to and fro")));
        CHECK(read(*child.stdout_pipe) == "to and fro");
        CHECK(value(child.wait()) == rtio::ProcessExit{.signaled = false, .number = 0});

        auto exits = value(
            io::process::Command("sh").arg("-c").arg("test $A = b && pwd && exit 3").env("A", "b").cwd("/").spawn());
        CHECK(read(*exits.stdout_pipe) == "/\n");
        CHECK(value(exits.wait()) == rtio::ProcessExit{.signaled = false, .number = 3});
        CHECK(!exits.signal(0));

        auto sleeps = value(io::process::Command("sleep").arg("100").spawn());
        sleeps.set_timeout(1);
        CHECK(sleeps.wait().error().kind == io::IoErrorKind::TimedOut);
        sleeps.set_timeout(std::nullopt);
        value(sleeps.signal(SIGKILL));
        CHECK(value(sleeps.wait()) == rtio::ProcessExit{.signaled = true, .number = SIGKILL});

        const auto missing = io::process::Command("/nowhere").spawn();
        CHECK(missing.error().kind == io::IoErrorKind::FileNotFound);
    }));
}

TEST_CASE("a task has its own values, which are destroyed with it", "[bench]") {
    struct Ending {
        explicit Ending(int& ended) : count(&ended) {}
        Ending(Ending&& other) noexcept : count(std::exchange(other.count, nullptr)) {}
        Ending& operator=(Ending&& other) noexcept {
            std::swap(count, other.count);
            return *this;
        }
        ~Ending() {
            if (count != nullptr) {
                ++*count;
            }
        }
        int* count;
    };
    static io::local_data::Key<int> number;
    static io::local_data::Key<Ending> ending;
    int ended = 0;
    CHECK(!number.get());
    CHECK(in_task([&] {
        CHECK(!number.get());
        CHECK(!number.replace(1));
        ending.replace(Ending(ended));
        CHECK(number.replace(2) == 1);
        ++**number.get();
        CHECK(**number.get() == 3);
        CHECK(ended == 0);
    }));
    CHECK(ended == 1);
    CHECK(in_task([] { CHECK(!number.get()); }));
    CHECK(!in_task([&] {
        ending.replace(Ending(ended));
        throw io::Failure{"on purpose"};
    }));
    CHECK(ended == 2);
}

TEST_CASE("print uses the task's writer", "[bench]") {
    class Keeping final : public io::stdio::Writer {
    public:
        explicit Keeping(std::string& kept) : kept_(kept) {}
        io::IoResult<void> write(std::span<const std::byte> source) override {
            kept_.append(reinterpret_cast<const char*>(source.data()), source.size());
            return {};
        }
        io::IoResult<void> flush() override { return {}; }

    private:
        std::string& kept_;
    };
    std::string kept;
    CHECK(in_task([&] {
        CHECK(io::stdio::set_stdout(std::make_unique<Keeping>(kept)) == nullptr);
        io::stdio::println("one");
        io::stdio::print("two");
    }));
    CHECK(kept == "one\ntwo");
}

TEST_CASE("a program ends with its last task, and exits with 101 if the main task failed", "[bench]") {
    const auto started = [](const std::function<void()>& main) {
        return test::in_child([&] {
            char name[] = "program";
            char* argv[] = {name, nullptr};
            return io::native::start(1, argv, main);
        });
    };
    CHECK(started([] {
              auto task = io::local::try_take();
              auto& runtime = task->runtime();
              runtime.spawn_sibling(std::move(task), "other", [] { io::set_exit_status(7); });
          }).exited_with(7));
    const auto failed = started([] { io::fail("on purpose"); });
    CHECK(failed.exited_with(io::native::failed_status));
    CHECK(failed.said == "task '<main>' failed at 'on purpose'\n");
    CHECK(started([] { io::set_exit_status(io::args::get().at(0) == "program" ? 3 : 4); }).exited_with(3));
}

TEST_CASE("a descheduled task resumes when another task reawakens it", "[bench]") {
    std::atomic<io::Task*> published = nullptr;
    std::atomic<bool> went_on = false;
    io::native::spawn("sleeper", [&] {
        auto task = io::local::try_take();
        auto& runtime = task->runtime();
        runtime.deschedule(std::move(task), [&](io::Task& self) {
            published = &self;
            return true;
        });
        went_on = io::local::unsafe_borrow() != nullptr;
    });
    REQUIRE(test::eventually([&] { return published.load() != nullptr; }));
    published.load()->runtime().reawaken();
    CHECK(test::eventually([&] { return went_on.load(); }));
}
