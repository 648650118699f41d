// SPDX-License-Identifier: MIT
#include <green/thread/local.hpp>

#include "scheduler.hpp"

#include <utility>

namespace green {

LocalValue* LocalValue::find(const void* key, const char* call) noexcept {
    LocalValue* value = calling_carrier(call).running->locals_;
    while (value != nullptr && value->key_ != key) {
        value = value->next_;
    }
    return value;
}

void LocalValue::add(LocalValue& value) noexcept { value.next_ = std::exchange(Scheduler::current()->locals_, &value); }

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

void LocalValue::end_all(LocalValue*& last) noexcept {
    while (last != nullptr) {
        LocalValue& value = *std::exchange(last, last->next_);
        value.operations_.destroy(value);
    }
}

}  // namespace green
