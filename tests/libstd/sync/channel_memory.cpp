// SPDX-License-Identifier: MIT
//
// Channels and memory: their allocations, counted by the operators of this program, and their behaviour when memory
// runs out.
#include "channels.hpp"
#include "message.hpp"

#include <weld/sync/oneshot.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

namespace oneshot = weld::sync::oneshot;
using test::channel;
using test::drop;
using test::in_each_kind;
using test::Message;
using test::rounds;
using test::spawn;
using test::Tally;
using test::why;
using weld::sync::ChannelError;

namespace {

constinit std::atomic<long> live{0};         // blocks of the whole program
constinit thread_local long mine = 0;        // allocations of the calling thread
constinit thread_local long until_fail{-1};  // allocations of the calling thread that succeed; all when negative

[[maybe_unused]] void* allocate(std::size_t size, std::size_t alignment) {
    void* block = nullptr;
    if (until_fail == 0 || ::posix_memalign(&block, std::max(alignment, sizeof(void*)), size) != 0) {
        throw std::bad_alloc();
    }
    until_fail -= until_fail > 0 ? 1 : 0;
    live.fetch_add(1, std::memory_order_relaxed);
    ++mine;
    return block;
}

[[maybe_unused]] void* allocate_or_null(std::size_t size, std::size_t alignment) noexcept {
    try {
        return allocate(size, alignment);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

[[maybe_unused]] void give_back(void* block) noexcept {
    if (block != nullptr) {
        live.fetch_sub(1, std::memory_order_relaxed);
        std::free(block);
    }
}

[[maybe_unused]] constexpr std::size_t usual = alignof(std::max_align_t);

/// Allocations of the calling thread in `body`.
template <class Body>
[[maybe_unused]] long allocations_of(Body body) {
    const long before = mine;
    body();
    return mine - before;
}

/// Whether `body` throws std::bad_alloc when the calling thread's allocations fail after `count` more.
template <class Body>
bool fails_after(long count, Body body) {
    until_fail = count;
    try {
        body();
    } catch (const std::bad_alloc&) {
        until_fail = -1;
        return true;
    }
    until_fail = -1;
    return false;
}

}  // namespace

#if !TEST_THREAD_SANITIZER  // which has operators of its own

void* operator new(std::size_t size) { return allocate(size, usual); }
void* operator new[](std::size_t size) { return allocate(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
// Those without exceptions too: a sanitizer has its own, whose blocks are not for `free`.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate_or_null(size, usual); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate_or_null(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return allocate_or_null(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete[](void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }

TEST_CASE("making a channel takes two allocations, or one for a rendezvous and a oneshot", "[sync]") {
    in_each_kind([](auto kind) {
        CHECK(allocations_of([kind] { (void)channel<int>(kind, 8); }) == 2);
        CHECK(allocations_of([kind] { (void)channel<int>(kind, 0); }) == (kind.is_bounded ? 1 : 2));
    });
    CHECK(allocations_of([] { (void)oneshot::channel<int>(); }) == 1);
}

TEST_CASE("a message of a bounded channel allocates nothing", "[sync]") {
    in_each_kind([](auto kind) {
        if constexpr (kind.is_bounded) {
            for (const std::size_t bound : {1UZ, 31UZ, 32UZ}) {
                auto [sender, receiver] = channel<int>(kind, bound);
                CHECK(allocations_of([&sender = sender, &receiver = receiver] {
                          for (int index = 0; index < 1'000; ++index) {
                              (void)sender.send(index);
                              (void)receiver.recv();
                              (void)sender.try_send(index);
                              (void)sender.try_send(index);
                              while (receiver.try_recv()) {
                              }
                              (void)receiver.recv_for(std::chrono::nanoseconds(1));
                          }
                      }) == 0);
            }
        }
    });
}

TEST_CASE("a message of a rendezvous allocates nothing", "[sync]") {
    in_each_kind([](auto kind) {
        if constexpr (kind.is_bounded) {
            auto [sender, receiver] = channel<int>(kind, 0);
            auto sending = spawn([sender = std::move(sender)] {
                return allocations_of([&sender] {
                    for (int index = 0; index < 1'000; ++index) {
                        (void)sender.send(index);
                    }
                });
            });
            CHECK(allocations_of([&receiver = receiver] {
                      while (receiver.recv()) {
                      }
                  }) == 0);
            CHECK(std::move(sending).join() == 0);
        }
    });
}

TEST_CASE("31 messages of an unbounded channel take one allocation, which is freed", "[sync]") {
    in_each_kind([](auto kind) {
        if constexpr (!kind.is_bounded) {
            const long before = live.load();
            {
                auto [sender, receiver] = channel<int>(kind, 0);
                const long made = live.load();
                CHECK(allocations_of([&sender = sender] {
                          for (int index = 0; index < 310; ++index) {
                              (void)sender.send(index);
                          }
                      }) == 10);
                CHECK(allocations_of([&receiver = receiver] {
                          while (receiver.try_recv()) {
                          }
                      }) == 0);
                CHECK(live.load() == made);
                for (int index = 0; index < 1'000; ++index) {
                    (void)sender.send(index);
                    (void)receiver.recv();
                }
                CHECK(live.load() == made);
            }
            CHECK(live.load() == before);
        }
    });
}

TEST_CASE("making a channel without memory throws and leaks nothing", "[sync]") {
    in_each_kind([](auto kind) {
        const long before = live.load();
        for (const long count : {0, 1}) {
            CHECK(fails_after(count, [kind] { (void)channel<int>(kind, 8); }));
            CHECK(live.load() == before);
        }
        CHECK_FALSE(fails_after(2, [kind] { (void)channel<int>(kind, 8); }));
    });
    const long before = live.load();
    CHECK(fails_after(0, [] { (void)oneshot::channel<int>(); }));
    CHECK(live.load() == before);
}

TEST_CASE("a message without memory is not sent, and no other message is lost", "[sync]") {
    in_each_kind([](auto kind) {
        if constexpr (!kind.is_bounded) {
            Tally tally;
            {
                auto [sender, receiver] = channel<Message<>>(kind, 0);
                int failures = 0;
                for (int index = 0; index < 100; ++index) {
                    if (fails_after(0, [&, &sender = sender] { (void)sender.send(Message<>(tally, 0, index)); })) {
                        ++failures;
                        CHECK(receiver.len() == static_cast<std::size_t>(index));
                        CHECK(why(sender.send(Message<>(tally, 0, index))) == std::nullopt);
                    }
                }
                CHECK(failures == 3);
                CHECK(receiver.len() == 100);
                for (int index = 0; index < 50; ++index) {
                    const auto message = receiver.recv();
                    REQUIRE(message.has_value());
                    REQUIRE(message->number() == index);
                }
                drop(std::move(sender));
            }
            CHECK(tally.is_clean());
        }
    });
}

#endif

TEST_CASE("receiving and destroying ends need no memory", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 100);
        for (int index = 0; index < 100; ++index) {
            REQUIRE(sender.send(index).has_value());
        }
        int received = 0;
        CHECK_FALSE(fails_after(0, [&, &sender = sender, &receiver = receiver] {
            auto another = sender;
            while (received < 70 && receiver.recv() == received) {
                ++received;
            }
            drop(std::move(another));
            drop(std::move(sender));
            drop(std::move(receiver));
        }));
        CHECK(received == 70);
    });
}

TEST_CASE("four senders whose allocations fail at times lose no message that was sent", "[sync]") {
    in_each_kind([](auto kind) {
        if constexpr (!kind.is_bounded) {
            constexpr int threads = 4;
            const int each = rounds(5'000);
            Tally tally;
            {
                auto [sender, receiver] = channel<Message<>>(kind, 0);
                std::vector<weld::thread::JoinHandle<long>> sending;
                for (int self = 0; self < threads; ++self) {
                    sending.push_back(spawn([sender = sender, &tally, self, each] {
                        long sum = 0;
                        for (int number = 0; number < each; ++number) {
                            const bool failed = fails_after(number % 2, [&] {
                                if (sender.send(Message<>(tally, self, number))) {
                                    sum += number;
                                }
                            });
                            if (failed) {
                                weld::thread::yield_now();
                            }
                        }
                        return sum;
                    }));
                }
                drop(std::move(sender));
                long received = 0;
                for (const Message<>& message : receiver) {
                    received += message.number();
                }
                long sent = 0;
                for (auto& thread : sending) {
                    sent += std::move(thread).join();
                }
                CHECK(received == sent);
            }
            CHECK(tally.is_clean());
        }
    });
}
