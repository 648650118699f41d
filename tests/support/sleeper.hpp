// SPDX-License-Identifier: MIT
//
// Sleeper: a thread that waits for something, and whether it has gone to sleep over it.
//
//     test::Sleeper waiter([&] { mutex.lock(); … });      CHECK(waiter.is_asleep());      waiter.join();
//
// A thread that waits for a lock looks on for some microseconds first: what happens to one that sleeps needs one that
// does. Joined at the latest when it ends.
#pragma once

#include <support/words.hpp>

#include <unistd.h>
#include <array>
#include <atomic>
#include <cstdio>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace test {

/// What /proc says of the thread `tid` of this process: R, S, D, …; nothing when it has ended.
inline std::optional<char> state_of_thread(pid_t tid) {
    std::array<char, 64> path;
    (void)std::snprintf(path.data(), path.size(), "/proc/self/task/%d/stat", tid);
    std::FILE* file = std::fopen(path.data(), "re");
    if (file == nullptr) {
        return std::nullopt;
    }
    std::array<char, 128> line{};
    const std::string_view text(line.data(), std::fread(line.data(), 1, line.size(), file));
    (void)std::fclose(file);
    const std::size_t name_end = text.rfind(") ");
    return name_end < text.size() - 2 ? std::optional(text[name_end + 2]) : std::nullopt;
}

template <class Body>
class Sleeper {
public:
    using Value = std::invoke_result_t<Body&>;

    explicit Sleeper(Body body)
        : body_(std::move(body)), handle_(must(weld::thread::spawn([this] {
              tid_ = ::gettid();
              return body_();
          }))) {}
    Sleeper(const Sleeper&) = delete;
    Sleeper& operator=(const Sleeper&) = delete;
    ~Sleeper() {
        if (handle_) {
            (void)join();
        }
    }

    /// Whether it goes to sleep within ten seconds.
    [[nodiscard]] bool is_asleep() const {
        return eventually([&] { return tid_ != 0 && state_of_thread(tid_) == 'S'; });
    }

    /// As `is_asleep`, for one that gives up in the end: it may have done so before anybody looked.
    [[nodiscard]] bool has_slept() const {
        return eventually([&] { return is_finished() || (tid_ != 0 && state_of_thread(tid_) == 'S'); });
    }

    [[nodiscard]] bool is_finished() const { return handle_->is_finished(); }

    /// Whether it ends within ten seconds.
    [[nodiscard]] bool ends() const {
        return eventually([&] { return is_finished(); });
    }

    Value join() { return std::move(*std::exchange(handle_, std::nullopt)).join(); }

private:
    Body body_;
    std::atomic<pid_t> tid_{0};
    std::optional<weld::thread::JoinHandle<Value>> handle_;
};

}  // namespace test
