// SPDX-License-Identifier: MIT
//
// green::net::TcpListener: exhausted descriptors, peers that reset early, and other tasks while one waits. Tests that
// hold for native listeners too are in tests/conformance.
#include <support/green_io.hpp>
#include <support/net.hpp>

#include <green/model.hpp>
#include <green/net.hpp>

#include <weld/io.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <chrono>
#include <utility>

using namespace std::chrono_literals;
using green::net::TcpListener;
using green::net::TcpStream;
using test::bytes;
using test::kind_of;
using test::loopback;
using test::must;
using test::text;
using weld::Kind;
namespace thread = green::thread;

namespace {

using Clock = std::chrono::steady_clock;

/// While it lives, the process can open no more descriptors, except one that it can give up.
class WantOfDescriptors {
public:
    WantOfDescriptors() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);  // the lowest free one, so all below it are in use
        REQUIRE(spare_ >= 0);
        rlimit few = before_;
        few.rlim_cur = static_cast<rlim_t>(spare_) + 1;
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    }
    WantOfDescriptors(const WantOfDescriptors&) = delete;
    WantOfDescriptors& operator=(const WantOfDescriptors&) = delete;
    ~WantOfDescriptors() {
        give_up_one();
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }

    void give_up_one() {
        if (const int spare = std::exchange(spare_, -1); spare >= 0) {
            ::close(spare);
        }
    }

private:
    rlimit before_{};
    int spare_ = -1;
};

}  // namespace

GREEN_TEST("accept returns TooManyOpenFiles after a pause, and loses no connection") {
    const auto listener = must(TcpListener::bind(loopback()));
    const auto client = must(TcpStream::connect(must(listener.local_addr())));
    std::array<Kind, 3> said{};
    std::array<Clock::duration, 3> lasted{};
    weld::Result<green::net::Accepted> taken = std::unexpected(weld::Error("test", weld::Fault::TimedOut));
    {
        WantOfDescriptors want;
        for (std::size_t tries = 0; tries < said.size(); ++tries) {
            const auto start = Clock::now();
            const auto refused = listener.accept();
            lasted[tries] = Clock::now() - start;
            said[tries] = refused ? Kind::Other : refused.error().kind();
        }
        want.give_up_one();
        taken = listener.accept();
    }
    CHECK(said == std::array{Kind::TooManyOpenFiles, Kind::TooManyOpenFiles, Kind::TooManyOpenFiles});
    for (const auto one : lasted) {
        CHECK(one >= 10ms);
        CHECK(one < 5s);
    }
    CHECK(must(std::move(taken)).peer == must(client.local_addr()));
}

GREEN_TEST("connect returns TooManyOpenFiles at once") {
    const auto listener = must(TcpListener::bind(loopback()));
    const auto address = must(listener.local_addr());
    Kind said{};
    {
        const WantOfDescriptors want;
        const auto refused = TcpStream::connect(address);
        said = refused ? Kind::Other : refused.error().kind();
    }
    CHECK(said == Kind::TooManyOpenFiles);
}

GREEN_TEST("a peer that resets before accept affects only its own connection") {
    const auto listener = must(TcpListener::bind(loopback()));
    const auto address = must(listener.local_addr());
    test::reset(must(TcpStream::connect(address)));
    const auto later = must(TcpStream::connect(address));
    must(later.write(bytes("later")));

    std::array<std::byte, 16> buffer{};
    auto first = listener.accept();
    if (first) {  // as on Linux; elsewhere accept returns the error
        CHECK(kind_of(first->stream.read(buffer)) == Kind::ConnectionReset);
    } else {
        CHECK(first.error().kind() == Kind::ConnectionAborted);
    }
    const auto second = must(listener.accept());
    CHECK(second.peer == must(later.local_addr()));
    CHECK(text(buffer, must(second.stream.read(buffer))) == "later");
}

TEST_CASE("the only worker runs other tasks while one waits in connect, in accept, or for a descriptor") {
    must(green::run({.workers = 1}, [] {
        const test::CrowdOf<green::Model> crowd;
        const auto listener = must(TcpListener::bind(loopback()));
        const auto address = must(listener.local_addr());
        std::atomic<bool> over{false};
        std::atomic<int> turns{0};
        auto other = must(thread::spawn([&] {
            while (!over.load()) {
                ++turns;
                thread::yield_now();
            }
        }));
        int before = turns.load();
        const auto start = Clock::now();
        CHECK(kind_of(TcpStream::connect_timeout(crowd.address, 30ms)) == Kind::TimedOut);
        CHECK(Clock::now() - start >= 30ms);
        CHECK(turns.load() > before);

        auto late = must(thread::spawn([&] {
            while (turns.load() < before + 100) {
                thread::yield_now();
            }
            return TcpStream::connect(address).has_value();
        }));
        before = turns.load();
        CHECK(listener.accept().has_value());
        CHECK(turns.load() >= before + 100);
        CHECK(std::move(late).join());

        const auto client = must(TcpStream::connect(address));
        Kind said{};
        {
            const WantOfDescriptors want;
            before = turns.load();
            const auto refused = listener.accept();
            said = refused ? Kind::Other : refused.error().kind();
        }
        CHECK(said == Kind::TooManyOpenFiles);
        CHECK(turns.load() > before);
        over = true;
        std::move(other).join();
    }));
}

GREEN_TEST("from_native of a listener accepts connections, and keeps the port") {
    auto native = must(weld::net::TcpListener::bind(loopback()));
    const auto address = must(native.local_addr());
    const auto listener = must(TcpListener::from_native(std::move(native)));
    CHECK(must(listener.local_addr()) == address);
    auto client = must(thread::spawn([address] {
        const auto stream = TcpStream::connect(address);
        return stream && weld::write_all(*stream, bytes("hello")).has_value();
    }));
    std::array<std::byte, 5> buffer{};
    must(weld::read_exact(must(listener.accept()).stream, buffer));
    CHECK(text(buffer) == "hello");
    CHECK(std::move(client).join());
}

GREEN_TEST("into_native of a listener returns a native one, which is blocking") {
    for (const bool waited : {false, true}) {
        auto listener = must(TcpListener::bind(loopback()));
        const auto address = must(listener.local_addr());
        if (waited) {
            auto accepts = must(thread::spawn([&] { return listener.accept().has_value(); }));
            thread::yield_now();
            const auto connected = must(TcpStream::connect(address));
            CHECK(std::move(accepts).join());
        }
        const auto native = must(std::move(listener).into_native());
        CHECK((::fcntl(weld::os::fd(native), F_GETFL) & O_NONBLOCK) == 0);
        auto connects = must(thread::spawn([&] { return TcpStream::connect(address).has_value(); }));
        const auto accepted = must(native.accept());  // blocks the thread: the monitor takes the worker
        CHECK((::fcntl(weld::os::fd(accepted.stream), F_GETFL) & O_NONBLOCK) == 0);
        CHECK(std::move(connects).join());
    }
}

GREEN_TEST("one direction of a connection continues after a half-close of the other") {
    const auto [client, server] = test::ConnectionOf<green::Model>::make();
    auto answer = must(thread::spawn([&stream = server] {
        std::array<std::byte, 16> buffer{};
        std::size_t total = 0;
        while (const std::size_t count = stream.read(buffer).value_or(0)) {
            total += count;
        }
        return weld::write_all(stream, bytes("got it")).has_value() ? total : 0;
    }));
    must(weld::write_all(client, bytes("a question")));
    thread::yield_now();
    must(client.shutdown(weld::net::Shutdown::Write));
    std::array<std::byte, 6> buffer{};
    must(weld::read_exact(client, buffer));
    CHECK(text(buffer) == "got it");
    CHECK(std::move(answer).join() == 10);
    CHECK(kind_of(client.write(bytes("x"))) == Kind::BrokenPipe);
}
