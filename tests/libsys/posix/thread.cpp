// SPDX-License-Identifier: MIT
//
// POSIX threads: create, join, detach, name and attributes.
#include <support/words.hpp>

#include <weld/sys/linux/sched.hpp>
#include <weld/sys/posix/thread.hpp>

#include <pthread.h>
#include <atomic>
#include <climits>
#include <fstream>
#include <utility>

namespace sys = weld::sys;
using sys::Errno;
using test::errno_of;
using test::must;

namespace {

struct Attributes {
    Attributes() { must(sys::pthread_attr_init(value)); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { sys::pthread_attr_destroy(value); }
    sys::ThreadAttributes value;
};

void* set(void* flag) {
    static_cast<std::atomic<bool>*>(flag)->store(true);
    return nullptr;
}

}  // namespace

TEST_CASE("pthread_create runs the entry with its argument, and pthread_join waits for it") {
    const Attributes attributes;
    std::atomic<bool> ran{false};
    const auto thread = must(sys::pthread_create(attributes.value, set, &ran));
    must(sys::pthread_join(thread));
    CHECK(ran.load());
}

TEST_CASE("a detached thread continues to run") {
    static std::atomic<bool> ran{false};
    const Attributes attributes;
    must(sys::pthread_detach(must(sys::pthread_create(attributes.value, set, &ran))));
    CHECK(test::eventually([] { return ran.load(); }));
}

TEST_CASE("pthread_self identifies a thread, and joining itself returns Deadlk") {
    struct Seen {
        sys::PthreadId id;
        sys::Result<void> joined = std::unexpected(Errno::Deadlk);
    } seen{};
    const Attributes attributes;
    const auto thread = must(sys::pthread_create(
        attributes.value,
        [](void* argument) -> void* {
            auto& target = *static_cast<Seen*>(argument);
            target.id = sys::pthread_self();
            if (!test::under_thread_sanitizer) {  // it ends the process in that case
                target.joined = sys::pthread_join(sys::pthread_self());
            }
            return nullptr;
        },
        &seen));
    must(sys::pthread_join(thread));
    CHECK(seen.id == thread);
    CHECK_FALSE(seen.id == sys::pthread_self());
    CHECK(errno_of(seen.joined) == Errno::Deadlk);
}

TEST_CASE("a stack has the size of the attributes, and a minimum") {
    Attributes attributes;
    CHECK(sys::pthread_stack_min() >= 16384);
    CHECK(errno_of(sys::pthread_attr_setstacksize(attributes.value, 100)) == Errno::Inval);
    must(sys::pthread_attr_setstacksize(attributes.value, 1 << 20));
    std::size_t size = 0;
    const auto thread = must(sys::pthread_create(
        attributes.value,
        [](void* argument) -> void* {
            pthread_attr_t own;
            ::pthread_getattr_np(::pthread_self(), &own);
            ::pthread_attr_getstacksize(&own, static_cast<std::size_t*>(argument));
            ::pthread_attr_destroy(&own);
            return nullptr;
        },
        &size));
    must(sys::pthread_join(thread));
    CHECK(size >= (1 << 20));
    CHECK(size < (2 << 20));
}

TEST_CASE("pthread_create returns Again for a stack larger than the address space") {
    Attributes attributes;
    must(sys::pthread_attr_setstacksize(attributes.value, std::size_t{1} << 60));
    std::atomic<bool> ran{false};
    CHECK(errno_of(sys::pthread_create(attributes.value, set, &ran)) == Errno::Again);
    CHECK_FALSE(ran.load());
}

TEST_CASE("pthread_setname returns Range for a name of more than fifteen bytes") {
    struct Named {
        sys::Result<void> fits;
        sys::Result<void> too_long;
        std::string comm;
    } named;
    const Attributes attributes;
    must(sys::pthread_join(must(sys::pthread_create(
        attributes.value,
        [](void* argument) -> void* {
            auto& target = *static_cast<Named*>(argument);
            target.fits = sys::pthread_setname(sys::pthread_self(), sys::CStr("fifteen bytes ."));
            target.too_long = sys::pthread_setname(sys::pthread_self(), sys::CStr("sixteen bytes .."));
            std::ifstream comm("/proc/self/task/" + std::to_string(std::to_underlying(sys::gettid())) + "/comm");
            std::getline(comm, target.comm);
            return nullptr;
        },
        &named))));
    CHECK(named.fits);
    CHECK(errno_of(named.too_long) == Errno::Range);
    CHECK(named.comm == "fifteen bytes .");
    sys::sched_yield();
}
