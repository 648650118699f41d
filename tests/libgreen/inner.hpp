// SPDX-License-Identifier: MIT
//
// inner: a scheduler with spare carriers, and a thread that takes its workers on request.
#pragma once

#include <support/words.hpp>

#include <scheduler.hpp>

#include <green/thread.hpp>

#include <weld/thread/packet.hpp>

#include <atomic>
#include <cstddef>
#include <thread>
#include <utility>

namespace test {

/// A scheduler with a number of workers, and a number of spare carriers.
class Inner {
public:
    Inner(std::size_t workers, std::size_t spares)
        : scheduler({.stack_size = 128 * 1024, .spare_carriers = 0}, workers, spares), carriers_(workers + spares) {}

    /// Runs `body()` as its first task and returns its value.
    template <class Body>
    auto run(Body body) {
        auto* packet = weld::thread::Packet<green::Task, Body>::make(std::move(body), "main");
        struct Release {
            green::Task& task;
            ~Release() { task.release(); }
        } release{*packet};
        must(scheduler.run(*packet));
        return packet->await();
    }

    /// Tries each carrier once; true once a worker was taken from one and given to another. Any thread may call.
    bool take_any() {
        for (std::size_t i = 0; i < carriers_; ++i) {
            if (scheduler.hand_off(i)) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] std::size_t carriers() const { return carriers_; }

    green::Scheduler scheduler;

private:
    const std::size_t carriers_;
};

/// A native thread that takes a worker on request. The task that asks spins, so with one worker its own is taken.
class Taker {
public:
    explicit Taker(Inner& inner)
        : thread_([this, &inner] {
              while (!ended_.load(std::memory_order_acquire)) {
                  if (asked_.load(std::memory_order_acquire) && inner.take_any()) {
                      asked_.store(false, std::memory_order_release);
                  }
                  std::this_thread::yield();
              }
          }) {}
    Taker(const Taker&) = delete;
    Taker& operator=(const Taker&) = delete;
    ~Taker() {
        ended_.store(true, std::memory_order_release);
        thread_.join();
    }

    /// Stays in user code until the worker is gone; false after ten seconds.
    [[nodiscard]] bool take_mine() {
        asked_.store(true, std::memory_order_release);
        return eventually([&] { return !asked_.load(std::memory_order_acquire); });
    }

private:
    std::atomic<bool> asked_{false};
    std::atomic<bool> ended_{false};
    std::thread thread_;
};

}  // namespace test
