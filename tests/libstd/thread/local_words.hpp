// SPDX-License-Identifier: MIT
//
// in_thread, Counted: what the tests of Local are written with.
#pragma once

#include <support/words.hpp>

#include <weld/thread.hpp>

#include <atomic>
#include <utility>

namespace test {

/// Runs `body` in a thread that ends, its locals with it, before this returns.
template <class Body>
void in_thread(Body body) {
    must(weld::thread::spawn(std::move(body))).join();
}

/// Counts up when it ends.
struct Counted {
    std::atomic<int>* ends = nullptr;

    Counted() = default;
    explicit Counted(std::atomic<int>& target) : ends(&target) {}
    Counted(Counted&& other) noexcept : ends(std::exchange(other.ends, nullptr)) {}
    Counted& operator=(Counted&& other) noexcept {
        std::swap(ends, other.ends);
        return *this;
    }
    ~Counted() {
        if (ends != nullptr) {
            ends->fetch_add(1);
        }
    }
};

}  // namespace test
