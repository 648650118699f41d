// SPDX-License-Identifier: MIT
#include <weld/thread/current.hpp>

#include "current_record.hpp"

#include <weld/native/parallelism.hpp>

namespace weld::thread {

constinit thread_local Record* record_of_thread = nullptr;

namespace {

/// The record of a thread that weld did not start, or that is past its closure.
class ForeignRecord final : public Record {
public:
    ForeignRecord() noexcept : Record(operations) {
        take_id();
        if (native::is_main_thread()) {
            set_name("main");
        }
    }

private:
    static void destroy(Record& self) noexcept { delete static_cast<ForeignRecord*>(&self); }

    static constexpr Operations operations{
        .run = [](Record&) {},
        .end_value = [](Record&) noexcept {},
        .destroy = &ForeignRecord::destroy,
    };
};

// Separate from the object below, so that it can be read after that is destroyed.
constinit thread_local bool foreign_ended = false;

/// Gives up the foreign record when its thread ends.
struct ForeignEnd {
    bool used = false;

    ~ForeignEnd() {
        foreign_ended = true;
        if (Record* record = std::exchange(record_of_thread, nullptr)) {
            record->release();
        }
    }
};

thread_local ForeignEnd foreign_end;

}  // namespace

Record* find_or_make_record() {
    if (record_of_thread != nullptr) [[likely]] {
        return record_of_thread;
    }
    if (foreign_ended) {
        return nullptr;
    }
    record_of_thread = new ForeignRecord;
    foreign_end.used = true;  // constructs it, which registers its destructor
    return record_of_thread;
}

Thread current() {
    Record* record = find_or_make_record();
    if (record == nullptr) {
        return Thread::adopt(*new ForeignRecord);
    }
    record->acquire();
    return Thread::adopt(*record);
}

void park() {
    // Without a record no Thread exists that could be unparked: there is nothing to wait for.
    if (Record* record = find_or_make_record()) {
        record->parker().park();
    }
}

Answer<bool> park_until(time::Instant deadline) {
    if (Record* record = find_or_make_record()) {
        return record->parker().park_until(deadline);
    }
    native::sleep_until(deadline);
    return false;
}

Result<void> sleep_until(time::Instant deadline) noexcept {
    native::sleep_until(deadline);
    return {};
}

void yield_now() noexcept { native::yield_now(); }

std::size_t available_parallelism() noexcept { return native::available_parallelism(); }

}  // namespace weld::thread
