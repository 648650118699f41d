// SPDX-License-Identifier: MIT
//
// Every failure while a child is started, read or waited for is reported, and leaks no descriptor, no child and no
// memory.
#include "fault.hpp"

#include <support/child.hpp>
#include <support/words.hpp>

#include <weld/os/unix/process.hpp>
#include <weld/process.hpp>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace os = weld::os;
namespace process = weld::process;
using fault::Faults;
using fault::Plan;
using process::Command;
using test::child;
using test::must;

namespace {

/// The largest allocation that succeeds.
thread_local std::size_t largest = std::numeric_limits<std::size_t>::max();

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD; }

std::size_t mappings() {
    std::ifstream maps("/proc/self/maps");
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);) {
        ++count;
    }
    return count;
}

/// The error of `operation` when `plan` applies to its calls; checks that nothing leaks.
template <class Operation>
std::optional<weld::Error> error_of(const Plan& plan, Operation operation) {
    const std::size_t descriptors = test::open_descriptors();
    const std::size_t memory = mappings();
    std::optional<weld::Error> error;
    std::size_t calls = 0;
    {
        const Faults faults({plan});
        const auto done = operation();
        calls = faults.calls(plan.call);
        if (!done) {
            error = done.error();
        }
    }
    INFO(plan.call << " number " << plan.first);
    CHECK(calls >= plan.first);
    CHECK(test::open_descriptors() == descriptors);
    CHECK(mappings() == memory);
    CHECK_FALSE(has_children());
    return error;
}

bool is_error(const std::optional<weld::Error>& error, const char* operation, int number) {
    INFO((error ? error->message() : "no error"));
    CHECK((error && error->operation() == std::string_view(operation) && error->code() == number));
    return error.has_value();
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
    void* const memory = size <= largest ? std::malloc(size) : nullptr;
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

TEST_CASE("a spawn returns the error of a failed call, and leaks nothing") {
    const Command command = child("both");
    must(command.output());  // from now on weld knows that clone shares memory
    const auto output = [&] { return command.output(); };
    is_error(error_of({.call = "openat", .error = EMFILE}, output), "open", EMFILE);
    is_error(error_of({.call = "pipe2", .error = EMFILE, .first = 1}, output), "pipe", EMFILE);
    is_error(error_of({.call = "pipe2", .error = ENFILE, .first = 2}, output), "pipe", ENFILE);
    is_error(error_of({.call = "mprotect", .error = ENOMEM}, output), "spawn", ENOMEM);
    is_error(error_of({.call = "clone", .error = EAGAIN}, output), "spawn", EAGAIN);
}

TEST_CASE("spawn retries clone without CLONE_PIDFD where that is refused") {
    const Command command = child("exit", "3");
    CHECK_FALSE(error_of({.call = "clone", .error = EINVAL}, [&] { return command.status(); }).has_value());
    const Faults faults({{.call = "clone", .error = EINVAL}});
    CHECK(must(command.status()).code() == 3);
    CHECK(faults.calls("clone") == 2);
}

TEST_CASE("output kills and reaps the child when reading from it fails") {
    const Command command = child("flood", "200000");
    const auto output = [&] { return command.output(); };
    for (const std::size_t first : {1U, 2U, 5U}) {
        is_error(error_of({.call = "poll", .error = ENOMEM, .first = first}, output), "read", ENOMEM);
        is_error(error_of({.call = "read", .error = EIO, .first = first}, output), "read", EIO);
    }
}

TEST_CASE("output returns OutOfMemory, and kills a child whose output does not fit into memory") {
    const Command says_much = child("flood", "200000");
    Command has_many = child("argv");
    has_many.args(std::vector<std::string>(10'000, "x"));
    const auto heard = error_of({.call = "clone", .first = 1, .times = 0}, [&] {
        largest = 100'000;
        auto output = says_much.output();
        largest = std::numeric_limits<std::size_t>::max();
        return output;
    });
    CHECK((heard && heard->kind() == weld::Kind::OutOfMemory && heard->operation() == std::string_view("read")));
    const auto told = error_of({.call = "openat", .first = 1, .times = 0}, [&] {
        largest = 50'000;
        auto output = has_many.output();
        largest = std::numeric_limits<std::size_t>::max();
        return output;
    });
    CHECK((told && told->kind() == weld::Kind::OutOfMemory && told->operation() == std::string_view("spawn")));
}

TEST_CASE("output continues calls that a signal interrupts") {
    const Command command = child("flood", "200000");
    for (const auto* call : {"poll", "read", "waitid", "openat"}) {
        INFO(call);
        const Faults faults({{.call = call, .error = EINTR, .first = 1, .times = 3}});
        const process::Output output = must(command.output());
        CHECK(faults.calls(call) > 3);
        CHECK(output.status.success());
        CHECK((output.out.size() == 200'000 && output.err.size() == 200'000));
    }
}

TEST_CASE("output loses nothing when reads return few bytes") {
    const Command command = child("flood", "2000");
    const Faults faults({{.call = "read", .first = 1, .times = fault::always, .at_most = 7}});
    const process::Output output = must(command.output());
    CHECK(output.out == std::string(2000, 'o'));
    CHECK(output.err == std::string(2000, 'e'));
}

TEST_CASE("a child is waited for by its process id where waitid does not take a pidfd") {
    const Command command = child("exit", "3");
    const Faults faults({{.call = "waitid", .error = EINVAL}});
    CHECK(must(command.status()).code() == 3);
    CHECK(faults.calls("waitid") == 3);
}

TEST_CASE("a spawn and a wait make few system calls, and calls on a reaped child make none") {
    Command command = child("exit", "0");
    must(command.status());
    {
        const Faults faults;
        must(command.status());
        CHECK(faults.calls() == std::map<std::string, std::size_t, std::less<>>{
                                    {"clone", 1}, {"close", 1}, {"mprotect", 1}, {"waitid", 2}});
    }
    process::Child ended = must(command.spawn());
    must(ended.wait());
    const Faults faults;
    must(ended.wait());
    must(ended.try_wait());
    must(ended.kill());
    CHECK(faults.calls().empty());
}
