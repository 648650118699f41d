// SPDX-License-Identifier: MIT
#include "joins.hpp"

#include "line.hpp"

#include <mutex>

namespace green {

namespace {

constexpr std::size_t max_tasks_named = 8;

// Joins may go from one runtime to another, and the marks of a search belong to one search at a time. Not a mutex: in a
// child of fork(2) there may be no thread to unlock it.
constinit std::atomic<std::uint32_t> is_looking{0};
constinit std::uint32_t last_look = 0;

}  // namespace

bool Task::Joiner::enter() noexcept {
    std::atomic<std::uintptr_t>& list = ends.end_;
    std::uintptr_t seen = list.load(std::memory_order_acquire);
    do {
        if ((seen & finished) != 0) {
            return false;
        }
        next = seen & ~flags;
    } while (!list.compare_exchange_weak(seen, reinterpret_cast<std::uintptr_t>(this) | (seen & flags),
                                         std::memory_order_seq_cst, std::memory_order_acquire));
    return true;
}

// NOLINTBEGIN(performance-no-int-to-ptr): the flags share the word

Task::Joiner* Task::Joiner::last_of(const Task& task) noexcept {
    return reinterpret_cast<Joiner*>(task.end_.load(std::memory_order_acquire) & ~flags);
}

Task::Joiner* Task::Joiner::following() const noexcept { return reinterpret_cast<Joiner*>(next); }

// NOLINTEND(performance-no-int-to-ptr)

void Joins::add(Task::Joiner& joiner) noexcept {
    const std::lock_guard lock(mutex_);
    joiner.next_listed = first_;
    if (first_ != nullptr) {
        first_->previous_listed = &joiner;
    }
    first_ = &joiner;
    count_.fetch_add(1, std::memory_order_seq_cst);
}

void Joins::remove(Task::Joiner& joiner) noexcept {
    const std::lock_guard lock(mutex_);
    (joiner.previous_listed == nullptr ? first_ : joiner.previous_listed->next_listed) = joiner.next_listed;
    if (joiner.next_listed != nullptr) {
        joiner.next_listed->previous_listed = joiner.previous_listed;
    }
    count_.fetch_sub(1, std::memory_order_seq_cst);
}

bool Joins::look() noexcept {
    if (count_.load(std::memory_order_seq_cst) == 0) {
        return true;
    }
    if (is_looking.exchange(1, std::memory_order_acquire)) {
        return false;
    }
    bool all_told = true;
    {
        const std::lock_guard lock(mutex_);
        const std::uint32_t look = ++last_look;
        for (Task::Joiner* joiner = first_; joiner != nullptr; joiner = joiner->next_listed) {
            if (joiner->look != look && !joiner->was_told && is_in_circle(*joiner, look)) {
                all_told = tell(*joiner) && all_told;
            }
        }
    }
    is_looking.store(0, std::memory_order_release);
    return all_told;
}

/// Whether the task of `begin` waits for itself. Visits all tasks that wait for it, depth first. Each task joins at
/// most one other, so an entry that an earlier search reached is in no circle, or in one that was found.
bool Joins::is_in_circle(Task::Joiner& begin, std::uint32_t look) noexcept {
    begin.look = look;
    Task::Joiner* at = &begin;
    Task::Joiner* next = Task::Joiner::last_of(*at->task);
    Task::Joiner* toward = at;
    for (;;) {
        if (next == &begin) {
            begin.toward = toward;
            return true;
        }
        if (next != nullptr && (next->task == nullptr || next->look == look)) {
            next = next->following();  // a native thread, or a join that was visited before
        } else if (next != nullptr) {
            next->look = look;
            next->toward = toward;
            at = toward = next;
            next = Task::Joiner::last_of(*at->task);
        } else if (at == &begin) {
            return false;
        } else {
            next = at->following();
            at = toward = at->toward;
        }
    }
}

/// Reports which task joins which, from the task of `begin` on.
bool Joins::tell(Task::Joiner& begin) noexcept {
    Line line;
    line.add("green: these tasks join each other and can never go on: '").add(begin.task->name().substr(0, 64));
    std::size_t named = 0;
    const Task::Joiner* joiner = &begin;
    do {
        if (++named <= max_tasks_named) {
            line.add(named == 1 ? "' joins '" : "', which joins '").add(joiner->ends.name().substr(0, 64));
        }
        joiner = joiner->toward;
    } while (joiner != &begin);
    if (named > max_tasks_named) {
        line.add("', and so on, ").add(named).add(" tasks in all\n");
    } else {
        line.add("'\n");
    }
    const bool was_said = line.say();
    Task::Joiner* told = &begin;
    do {
        told->was_told = was_said;
        told = told->toward;
    } while (told != &begin);
    return was_said;
}

}  // namespace green
