// SPDX-License-Identifier: MIT
//
// green: the wake race with a task that parks, the only one of the only worker, which therefore sleeps.
//
// A native thread unparks it, and sleeps in turn as the baseline contenders do: in read(2) of an eventfd, or with
// --futex on a futex. So half of a round trip is the baseline's, and only the way to the task differs. A worker sleeps
// on a futex until one of its tasks needs libuv, and from then on in libuv's loop: --uv does so from the start.

#include <green/offload.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <string_view>
#include <thread>
#include <utility>

#include "eventfd.h"
#include "futex.h"
#include "must.hpp"
#include "work.h"

namespace {

/// The native thread sleeps here until the task wakes it.
class Back {
public:
    explicit Back(bool futex) : futex_(futex), bell_(eventfd_new()) {}

    void give() { futex_ ? futex_give(&word_, 1) : eventfd_ring(bell_); }

    void await() {
        if (futex_) {
            futex_await(&word_, 1);
            __atomic_store_n(&word_, 0, __ATOMIC_RELAXED);  // the task writes it only after it was unparked
        } else {
            eventfd_await(bell_);
        }
    }

private:
    bool futex_;
    int bell_;
    std::uint32_t word_ = 0;
};

std::uint64_t race(std::uint64_t ops, bool futex, bool uv) {
    if (uv) {
        must(green::offload([] {}));
    }
    Back back(futex);
    std::uint64_t ns = 0;
    std::thread waker([&back, &ns, ops, task = green::thread::current()] {
        const auto start = contender_now();
        for (std::uint64_t done = 0; done < ops; ++done) {
            task.unpark();
            back.await();
        }
        ns = contender_now() - start;
    });
    for (std::uint64_t done = 0; done < ops; ++done) {
        green::thread::park();
        back.give();
    }
    waker.join();
    return ns;
}

}  // namespace

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    const std::string_view flag = work.flag;
    const auto ns = must(green::run({.workers = 1}, [&] { return race(work.ops, flag == "futex", flag == "uv"); }));
    work_print(work.ops, ns);
}
