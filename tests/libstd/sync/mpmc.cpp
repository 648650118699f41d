// SPDX-License-Identifier: MIT
//
// mpmc: many receivers, each message once. Tests for both mpsc and mpmc are in mpsc.cpp.
#include "channels.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

using test::channel;
using test::drop;
using test::rounds;
using test::spawn;
using test::why;
using weld::sync::ChannelError;

namespace {

template <class Body>
void in_each_kind_of_many(Body body) {
    body(test::Mpmc());
    body(test::MpmcSync());
}

}  // namespace

TEST_CASE("eight threads send and eight receive, each message once", "[sync][ancestor:mpmc_bounded.test]") {
    in_each_kind_of_many([](auto kind) {
        constexpr int threads = 8;
        const int each = rounds(1'000);
        test::with_each_bound(kind, [&](std::size_t bound) {
            auto [sender, receiver] = channel<int>(kind, bound);
            std::vector<weld::thread::JoinHandle<bool>> sending;
            std::vector<weld::thread::JoinHandle<std::vector<int>>> receiving;
            for (int thread = 0; thread < threads; ++thread) {
                sending.push_back(spawn([sender = sender, thread, each] {
                    int sent = 0;
                    while (sent < each && sender.send(thread * each + sent)) {
                        ++sent;
                    }
                    return sent == each;
                }));
                receiving.push_back(spawn([receiver = receiver] {
                    std::vector<int> messages;
                    for (const int& message : receiver) {
                        messages.push_back(message);
                    }
                    return messages;
                }));
            }
            drop(std::move(sender));
            drop(std::move(receiver));
            for (auto& thread : sending) {
                CHECK(std::move(thread).join());
            }
            std::vector<int> all;
            for (auto& thread : receiving) {
                const std::vector<int> messages = std::move(thread).join();
                all.insert(all.end(), messages.begin(), messages.end());
            }
            std::sort(all.begin(), all.end());
            std::vector<int> expected(static_cast<std::size_t>(threads * each));
            std::iota(expected.begin(), expected.end(), 0);
            CHECK(all == expected);
        });
    });
}

TEST_CASE("a copy of a receiver receives from the same channel", "[sync]") {
    in_each_kind_of_many([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 2);
        auto another = receiver;
        CHECK(another.same_channel(receiver));
        CHECK(sender.send(1).has_value());
        CHECK(sender.send(2).has_value());
        CHECK(another.recv() == 1);
        CHECK(receiver.recv() == 2);
        drop(std::move(receiver));
        CHECK(sender.send(3).has_value());
        CHECK(another.recv() == 3);
        drop(std::move(another));
        CHECK(why(sender.send(4)) == ChannelError::Disconnected);
    });
}

TEST_CASE("as many sleeping receivers wake as messages arrive", "[sync]") {
    in_each_kind_of_many([](auto kind) {
        test::with_each_bound(kind, [&](std::size_t bound) {
            constexpr int threads = 4;
            auto [sender, receiver] = channel<int>(kind, bound);
            std::vector<weld::thread::JoinHandle<int>> receiving;
            for (int thread = 0; thread < threads; ++thread) {
                receiving.push_back(spawn([receiver = receiver] { return receiver.recv().value_or(1'000); }));
            }
            test::let_it_sleep();
            for (int index = 0; index < threads; ++index) {
                CHECK(sender.send(index).has_value());
            }
            int sum = 0;
            for (auto& thread : receiving) {
                sum += std::move(thread).join();
            }
            CHECK(sum == 6);
        });
    });
}

TEST_CASE("dropping the last sender wakes all sleeping receivers", "[sync]") {
    in_each_kind_of_many([](auto kind) {
        test::with_each_bound(kind, [&](std::size_t bound) {
            auto [sender, receiver] = channel<int>(kind, bound);
            std::vector<weld::thread::JoinHandle<bool>> receiving;
            for (int thread = 0; thread < 4; ++thread) {
                receiving.push_back(
                    spawn([receiver = receiver] { return why(receiver.recv()) == ChannelError::Disconnected; }));
            }
            test::let_it_sleep();
            drop(std::move(sender));
            for (auto& thread : receiving) {
                CHECK(std::move(thread).join());
            }
        });
    });
}

TEST_CASE("try_send to an unbounded channel never waits, and is never Full", "[sync]") {
    auto [sender, receiver] = weld::sync::mpmc::channel<int>();
    for (int index = 0; index < 100; ++index) {
        REQUIRE(sender.try_send(index).has_value());
        REQUIRE(sender.send_for(index, std::chrono::seconds(0)).has_value());
    }
    CHECK(receiver.len() == 200);
    CHECK_FALSE(sender.is_full());
    CHECK(sender.capacity() == std::nullopt);
}
