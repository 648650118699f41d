// SPDX-License-Identifier: MIT
//
// Model: native threads as a template parameter of a library.
//
//     template <class Model> class Client { typename Model::TcpStream stream_; … };  // in the library
//     Client<weld::Model> here;                                                       // or green::Model, if green is
//                                                                                     // there; both in one process
//
// A library that leaves the choice of threads to its user takes a model and writes `Model::TcpStream`, `Model::spawn`,
// `Model::sleep`. Each name is an alias of the one with the same name in `weld::thread`, `weld::net` or `weld::fs`, has
// the same promises, and costs nothing. A whole program does not need this: `namespace rt = weld;` is enough. Errors,
// addresses, metadata and options are the same types in every model and keep their own names.
#pragma once

#include <weld/answer.hpp>
#include <weld/fs.hpp>
#include <weld/net.hpp>
#include <weld/thread.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weld {

/// Threads of the operating system, and calls that block them.
struct Model {
    using Thread = thread::Thread;
    using ThreadId = thread::ThreadId;
    using ThreadOptions = thread::Options;
    using Scope = thread::Scope;
    template <class T>
    using JoinHandle = thread::JoinHandle<T>;
    template <class T>
    using ScopedJoinHandle = thread::ScopedJoinHandle<T>;

    template <class F>
    [[nodiscard]] static auto spawn(F&& function, const ThreadOptions& options = {})
        -> Result<JoinHandle<thread::Returned<F>>> {
        return thread::spawn(std::forward<F>(function), options);
    }
    template <class Body>
    static auto scope(Body&& body) -> std::invoke_result_t<Body, Scope&> {
        return thread::scope(std::forward<Body>(body));
    }

    [[nodiscard]] static Thread current() { return thread::current(); }
    static void yield_now() noexcept { thread::yield_now(); }
    static void park() { thread::park(); }
    [[nodiscard]] static Answer<bool> park_until(time::Instant deadline) { return thread::park_until(deadline); }
    template <class Rep, class Period>
    [[nodiscard]] static Answer<bool> park_for(std::chrono::duration<Rep, Period> wait) {
        return thread::park_for(wait);
    }
    static Result<void> sleep_until(time::Instant deadline) noexcept { return thread::sleep_until(deadline); }
    template <class Rep, class Period>
    static Result<void> sleep(std::chrono::duration<Rep, Period> wait) noexcept {
        return thread::sleep(wait);
    }

    using TcpListener = net::TcpListener;
    using TcpStream = net::TcpStream;
    using Accepted = net::Accepted;

    using File = fs::File;
    using ReadDir = fs::ReadDir;
    using Walk = fs::Walk;

    [[nodiscard]] static Result<fs::Metadata> metadata(PathRef path) noexcept { return fs::metadata(path); }
    [[nodiscard]] static Result<fs::Metadata> symlink_metadata(PathRef path) noexcept {
        return fs::symlink_metadata(path);
    }
    [[nodiscard]] static Entries<ReadDir> read_dir(PathRef path) noexcept { return fs::read_dir(path); }
    [[nodiscard]] static Entries<Walk> walk(PathRef root) noexcept { return fs::walk(root); }
    [[nodiscard]] static Result<std::vector<std::byte>> read(PathRef path) noexcept { return fs::read(path); }
    [[nodiscard]] static Result<std::string> read_to_string(PathRef path) noexcept { return fs::read_to_string(path); }
    [[nodiscard]] static Result<void> write(PathRef path, std::span<const std::byte> contents) noexcept {
        return fs::write(path, contents);
    }
    [[nodiscard]] static Result<void> write(PathRef path, std::string_view contents) noexcept {
        return fs::write(path, contents);
    }
    template <std::size_t size>
    [[nodiscard]] static Result<void> write(PathRef path, const char (&literal)[size]) noexcept {
        return fs::write(path, literal);
    }
    template <std::size_t size>
    [[nodiscard]] static Result<void> write(PathRef path, char (&buffer)[size]) noexcept = delete;
    [[nodiscard]] static Result<void> create_dir(PathRef path) noexcept { return fs::create_dir(path); }
    [[nodiscard]] static Result<void> remove_dir(PathRef path) noexcept { return fs::remove_dir(path); }
    [[nodiscard]] static Result<void> remove_file(PathRef path) noexcept { return fs::remove_file(path); }
    [[nodiscard]] static Result<void> rename(PathRef from, PathRef to) noexcept { return fs::rename(from, to); }
};

}  // namespace weld
