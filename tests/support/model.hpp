// SPDX-License-Identifier: MIT
//
// CONFORMANCE_TEST: a test that is compiled for weld and again for green, as `rt`.
//
// The build defines CONFORMANCE_GREEN for green. For weld the test is a TEST_CASE, for green a GREEN_TEST: on one
// worker and on four, so the body runs twice with the same statics. Threads started by `rt::thread` assert nothing and
// return values, since Catch2 is not thread-safe. A loop that waits yields through `rt`, to give up the worker.
#pragma once

#include <support/words.hpp>

#ifdef CONFORMANCE_GREEN
#include <support/green_io.hpp>

#include <green/fs.hpp>
#include <green/model.hpp>
#include <green/net.hpp>
#include <green/os/unix.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <green/weld.hpp>

namespace rt = green;
#define CONFORMANCE_TEST(...) GREEN_TEST(__VA_ARGS__)
#else
#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/model.hpp>
#include <weld/net.hpp>
#include <weld/os/unix.hpp>
#include <weld/print.hpp>
#include <weld/run.hpp>
#include <weld/thread.hpp>

namespace rt = weld;
#define CONFORMANCE_TEST(...) TEST_CASE(__VA_ARGS__)
#endif

namespace model {

/// Whether `predicate` becomes true within ten seconds.
template <class Predicate>
bool eventually(Predicate predicate) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!predicate()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        rt::thread::yield_now();
    }
    return true;
}

}  // namespace model
