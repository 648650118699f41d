// SPDX-License-Identifier: MIT
//
// Model: green threads as a template parameter, for libraries that serve green and native threads alike.
//
//     template <class Model> class Client { typename Model::TcpStream stream_; … };  // in the library
//     Client<green::Model> client;  // in a task
//
// It has the names of weld::Model, one by one. Each stands for the name of `green::thread`, `green::net` or `green::fs`
// that it is called after. Calls on files use the default mode, `fs::Mode::Inline`. Only tasks may call.
#pragma once

#include <green/fs.hpp>
#include <green/net.hpp>
#include <green/thread.hpp>

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/path.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace green {

/// Tasks, and calls that park them.
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
        -> weld::Result<JoinHandle<thread::Returned<F>>> {
        return thread::spawn(std::forward<F>(function), options);
    }
    template <class Body>
    static auto scope(Body&& body) -> std::invoke_result_t<Body, Scope&> {
        return thread::scope(std::forward<Body>(body));
    }

    [[nodiscard]] static Thread current() noexcept { return thread::current(); }
    static void yield_now() noexcept { thread::yield_now(); }
    static void park() noexcept { thread::park(); }
    [[nodiscard]] static weld::Answer<bool> park_until(weld::time::Instant deadline) noexcept {
        return thread::park_until(deadline);
    }
    template <class Rep, class Period>
    [[nodiscard]] static weld::Answer<bool> park_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return thread::park_for(wait);
    }
    static weld::Result<void> sleep_until(weld::time::Instant deadline) noexcept {
        return thread::sleep_until(deadline);
    }
    template <class Rep, class Period>
    static weld::Result<void> sleep(std::chrono::duration<Rep, Period> wait) noexcept {
        return thread::sleep(wait);
    }

    using TcpListener = net::TcpListener;
    using TcpStream = net::TcpStream;
    using Accepted = net::Accepted;

    using File = fs::File;
    using ReadDir = fs::ReadDir;
    using Walk = fs::Walk;

    [[nodiscard]] static weld::Result<fs::Metadata> metadata(weld::PathRef path) noexcept { return fs::metadata(path); }
    [[nodiscard]] static weld::Result<fs::Metadata> symlink_metadata(weld::PathRef path) noexcept {
        return fs::symlink_metadata(path);
    }
    [[nodiscard]] static weld::Entries<ReadDir> read_dir(weld::PathRef path) noexcept { return fs::read_dir(path); }
    [[nodiscard]] static weld::Entries<Walk> walk(weld::PathRef root) noexcept { return fs::walk(root); }
    [[nodiscard]] static weld::Result<std::vector<std::byte>> read(weld::PathRef path) noexcept {
        return fs::read(path);
    }
    [[nodiscard]] static weld::Result<std::string> read_to_string(weld::PathRef path) noexcept {
        return fs::read_to_string(path);
    }
    [[nodiscard]] static weld::Result<void> write(weld::PathRef path, std::span<const std::byte> contents) noexcept {
        return fs::write(path, contents);
    }
    [[nodiscard]] static weld::Result<void> write(weld::PathRef path, std::string_view contents) noexcept {
        return fs::write(path, contents);
    }
    template <std::size_t size>
    [[nodiscard]] static weld::Result<void> write(weld::PathRef path, const char (&literal)[size]) noexcept {
        return fs::write(path, literal);
    }
    template <std::size_t size>
    [[nodiscard]] static weld::Result<void> write(weld::PathRef path, char (&buffer)[size]) noexcept = delete;
    [[nodiscard]] static weld::Result<void> create_dir(weld::PathRef path) noexcept { return fs::create_dir(path); }
    [[nodiscard]] static weld::Result<void> remove_dir(weld::PathRef path) noexcept { return fs::remove_dir(path); }
    [[nodiscard]] static weld::Result<void> remove_file(weld::PathRef path) noexcept { return fs::remove_file(path); }
    [[nodiscard]] static weld::Result<void> rename(weld::PathRef from, weld::PathRef to) noexcept {
        return fs::rename(from, to);
    }
};

}  // namespace green
