// SPDX-License-Identifier: MIT
//
// weld: the channel race with weld::sync's channels.

#include <weld/sync/mpmc.hpp>
#include <weld/sync/mpsc.hpp>
#include <weld/thread.hpp>

#include <string_view>

#include "must.hpp"
#include "work.h"

namespace {

template <class Ends>
void race(const work& work, Ends ends) {
    std::uint64_t sum = 0;
    const std::uint64_t start = contender_now();
    if (work.workers == 1) {
        for (std::uint64_t done = 0; done < work.ops; ++done) {
            (void)ends.sender.send(done);
            sum += ends.receiver.recv().value_or(0);
        }
    } else {
        auto sender = must(weld::thread::spawn([&ops = work.ops, sender = std::move(ends.sender)] {
            for (std::uint64_t done = 0; done < ops; ++done) {
                (void)sender.send(done);
            }
        }));
        for (const std::uint64_t& message : ends.receiver) {
            sum += message;
        }
        std::move(sender).join();
    }
    work_print_sum(work.ops, contender_now() - start, sum);
}

}  // namespace

int main(int argc, char** argv) {
    const work work = work_options(argc, argv);
    const std::string_view flag = work.flag;
    if (flag == "unbounded") {
        race(work, weld::sync::mpsc::channel<std::uint64_t>());
    } else if (flag == "rendezvous") {
        race(work, weld::sync::mpsc::sync_channel<std::uint64_t>(0));
    } else if (flag == "mpmc") {
        race(work, weld::sync::mpmc::sync_channel<std::uint64_t>(work.tasks));
    } else {
        race(work, weld::sync::mpsc::sync_channel<std::uint64_t>(work.tasks));
    }
    return 0;
}
