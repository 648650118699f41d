// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/sync.md: a queue under a mutex, with a condition variable.
#include <weld/print.hpp>
#include <weld/sync.hpp>
#include <weld/thread.hpp>

#include <deque>
#include <string>
#include <utility>

namespace {

// [readme]
weld::sync::Mutex<std::deque<std::string>> jobs;
weld::sync::Condvar added;

void add(std::string job) {
    auto queue = jobs.lock();  // unlocks at the end of the block
    queue->push_back(std::move(job));
    added.notify_one(queue);  // still held: the waiter is woken once the mutex is free
}

std::string take() {
    auto queue = jobs.lock();
    added.wait_while(queue, [](const auto& waiting) { return waiting.empty(); });
    std::string job = std::move(queue->front());
    queue->pop_front();
    return job;
}
// [/readme]

}  // namespace

int main() {
    auto worker = weld::thread::spawn([] {
        const std::string first = take();
        return first + " " + take();
    });
    add("sweep");
    add("wash");
    return worker && weld::print(std::move(*worker).join() + "\n") ? 0 : 1;
}
