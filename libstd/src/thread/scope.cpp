// SPDX-License-Identifier: MIT
#include <weld/thread/scope.hpp>

#include <mutex>

namespace weld::thread {

void Scope::add(Record& record) noexcept {
    record.acquire();
    const std::lock_guard lock(adding_);
    if (last_ == nullptr) {
        first_ = &record;
    } else {
        last_->next_in_scope = &record;
    }
    last_ = &record;
}

// Twice over the list: a thread of the scope may hold the handle of another and join it late, so what was
// thrown is nobody's but the joiner's until all have ended. A thread that spawns into its own scope does so
// before it ends, hence before it is joined here: behind the last of the list nothing more is added.
std::exception_ptr Scope::join_all() noexcept {
    Record* record = nullptr;
    for (;;) {
        {
            const std::lock_guard lock(adding_);
            record = record == nullptr ? first_ : record->next_in_scope;
        }
        if (record == nullptr) {
            break;
        }
        record->join();
        // Only now, after its end, is what it may have added to be seen behind it.
    }
    std::exception_ptr first_failure;
    while (Record* ended = first_) {
        first_ = ended->next_in_scope;
        if (std::exception_ptr failure = ended->take_failure(); failure && !first_failure) {
            first_failure = std::move(failure);
        }
        ended->release();
    }
    last_ = nullptr;
    return first_failure;
}

void Scope::finish() {
    if (std::exception_ptr failure = join_all()) {
        std::rethrow_exception(std::move(failure));
    }
}

}  // namespace weld::thread
