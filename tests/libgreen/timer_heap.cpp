// SPDX-License-Identifier: MIT
//
// The heap of a worker's timers: the order in which timers fire, and that none is lost.
#include <support/words.hpp>

#include <timer_heap.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using green::Instant;
using green::Timer;
using green::TimerHeap;

namespace {

constexpr Instant start{1h};
std::vector<const Timer*> due;  // in the order in which they fired

Timer timer_at(Instant deadline) {
    return {.deadline = deadline,
            .due = [](Timer& self) noexcept -> green::Task* {
                due.push_back(&self);
                return nullptr;
            },
            .task = nullptr};
}

/// Takes at most `most` timers out, and returns them.
std::vector<const Timer*> take(TimerHeap& heap, Instant now, std::size_t most) {
    due.clear();
    const std::size_t taken = heap.take_due(now, most, [](green::Task*) {});
    CHECK(taken == due.size());
    return due;
}

}  // namespace

TEST_CASE("a timer of 2 ms does not wait for 100,000 timers that came due before it") {
    TimerHeap heap;
    std::deque<Timer> herd;
    heap.tell(start);
    for (int i = 0; i < 100'000; ++i) {
        heap.insert(herd.emplace_back(timer_at(start + 1s)));
    }
    heap.tell(start + 999ms);
    Timer early = timer_at(start + 1001ms);
    heap.insert(early);
    CHECK(heap.first() == start + 1s);
    CHECK(std::ranges::count(take(heap, start + 1002ms, 64), &early) == 1);
    Timer late = timer_at(start + 1003ms);  // set after the other timers are due
    heap.tell(start + 1002ms);
    heap.insert(late);
    CHECK(std::ranges::count(take(heap, start + 1003ms, 64), &late) == 1);
    CHECK(take(heap, start + 2s, SIZE_MAX).size() == 100'000 - 2 * 63);
    CHECK(heap.first() == Instant::max());
}

TEST_CASE("a timer with a past deadline fires after those that were due before it was set") {
    TimerHeap heap;
    heap.tell(start + 5ms);
    Timer first = timer_at(start + 5ms);
    heap.insert(first);
    std::deque<Timer> again;
    for (int round = 0; round < 100; ++round) {  // as late tasks set theirs, again and again
        heap.tell(start + 6ms + round * 1us);
        heap.insert(again.emplace_back(timer_at(start)));
    }
    CHECK(take(heap, start + 10ms, 1) == std::vector<const Timer*>{&first});
    for (const Timer& timer : again) {
        CHECK(take(heap, start + 10ms, 1) == std::vector<const Timer*>{&timer});
    }
}

TEST_CASE("timers fire in the order of their deadlines, whatever was removed between") {
    TimerHeap heap;
    heap.tell(start);
    std::minstd_rand random(1);
    std::deque<Timer> timers;
    std::multimap<Instant, Timer*> in;
    for (int step = 0; step < 20'000; ++step) {
        const auto what = random() % 8;
        if (what < 5 || in.empty()) {
            const Instant deadline = start + 1s + std::chrono::microseconds(random() % 500);
            heap.insert(timers.emplace_back(timer_at(deadline)));
            in.emplace(deadline, &timers.back());
        } else if (what == 5) {
            auto some =
                std::next(in.begin(), static_cast<std::ptrdiff_t>(random() % std::min<std::size_t>(in.size(), 50)));
            heap.remove(*some->second);
            heap.remove(*some->second);  // a second time does nothing
            in.erase(some);
        } else {
            const auto out = take(heap, start + 2s, 1);
            REQUIRE(out.size() == 1);
            REQUIRE(out[0]->deadline == in.begin()->first);
            in.erase(std::ranges::find_if(in, [&](const auto& each) { return each.second == out[0]; }));
        }
        REQUIRE(heap.first() == (in.empty() ? Instant::max() : in.begin()->first));
    }
    const std::size_t rest = in.size();
    for (Instant last; !in.empty(); in.erase(in.begin())) {
        const auto out = take(heap, start + 2s, 1);
        REQUIRE(out.size() == 1);
        REQUIRE(out[0]->deadline == in.begin()->first);
        REQUIRE(out[0]->deadline >= last);
        last = out[0]->deadline;
    }
    CHECK(rest > 1000);
    CHECK(take(heap, Instant::max(), 1).empty());
}

TEST_CASE("a timer that is not due stays, and a batch takes from each heap in turn") {
    TimerHeap heap;
    heap.tell(start);
    std::deque<Timer> timers;
    const std::vector<std::chrono::milliseconds> waits{1ms, 10ms, 100ms, 1s};
    for (int i = 0; i < 40; ++i) {
        heap.insert(timers.emplace_back(timer_at(start + waits[static_cast<std::size_t>(i) % 4])));
    }
    CHECK(take(heap, start, SIZE_MAX).empty());
    CHECK(take(heap, start + 1ms, SIZE_MAX).size() == 10);
    CHECK(heap.first() == start + 10ms);
    const auto batch = take(heap, start + 1s, 12);
    REQUIRE(batch.size() == 12);
    for (const auto wait : {10ms, 100ms, 1000ms}) {
        CHECK(std::ranges::count_if(batch, [&](const Timer* timer) { return timer->deadline == start + wait; }) == 4);
    }
    CHECK(take(heap, start + 1s, SIZE_MAX).size() == 18);
}
