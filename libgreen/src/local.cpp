// SPDX-License-Identifier: MIT
#include <green/thread/local.hpp>

#include "die.hpp"
#include "scheduler.hpp"

#include <cstdint>
#include <utility>

namespace green {

LocalValue* LocalValue::find(const void* key, const char* call) noexcept {
    LocalValue* value = calling_carrier(call).running->locals_;
    while (value != nullptr && value->key_ != key) {
        value = value->next_;
    }
    return value;
}

void LocalValue::add(LocalValue& value) noexcept {
    Task& task = *Scheduler::current();
    value.next_ = std::exchange(task.locals_, &value);
    value.generation_ = task.local_generation_;
}

void LocalValue::remove(const void* key, const char* call) noexcept {
    for (LocalValue** place = &calling_carrier(call).running->locals_; *place != nullptr; place = &(*place)->next_) {
        if (LocalValue& value = **place; value.key_ == key) {
            *place = value.next_;
            value.operations_.destroy(value);
            return;
        }
    }
}

void LocalValue::inherit(Task& child) {
    const Task* parent = Scheduler::current();
    LocalValue** end = &child.locals_;
    for (const LocalValue* value = parent != nullptr ? parent->locals_ : nullptr; value != nullptr;
         value = value->next_) {
        if (value->operations_.copy != nullptr) {
            *end = value->operations_.copy(*value);
            end = &(*end)->next_;
        }
    }
}

void LocalValue::end_all(Task& task) noexcept {
    // Any number of values can be destroyed, as long as each destructor only needs values that come after it in some
    // order.
    constexpr std::uint8_t most_generations = 100;
    while (task.locals_ != nullptr) {
        LocalValue& value = *std::exchange(task.locals_, task.locals_->next_);
        if (value.generation_ == most_generations) {
            die("green: task '", task.name(),
                "' cannot end: the destructors of its thread::Local values make each other's values anew without "
                "end\n");
        }
        task.local_generation_ = value.generation_ + 1;
        value.operations_.destroy(value);
    }
    task.local_generation_ = 0;
}

}  // namespace green
