// SPDX-License-Identifier: MIT
//
// Channels under stress: threads send, receive, time out, copy their ends and drop them at random, until the time is
// over. Each sent message is received once or destroyed with the channel, and nothing leaks.
#include "channels.hpp"
#include "message.hpp"

#include <support/soak.hpp>
#include <weld/sync/oneshot.hpp>

#include <atomic>
#include <chrono>
#include <random>
#include <vector>

namespace oneshot = weld::sync::oneshot;
using test::channel;
using test::Dice;
using test::drop;
using test::in_each_kind;
using test::Message;
using test::spawn;
using test::Tally;
using weld::sync::ChannelError;

namespace {

/// What the threads of one round did.
struct Score {
    Tally tally;
    std::atomic<long> sent{0};
    std::atomic<long> received{0};
    std::atomic<long> sum{0};     // numbers sent less numbers received
    std::atomic<long> wrong{0};   // messages given back that are not the one that was to be sent; impossible errors
    std::atomic<int> staying{0};  // receivers that stay until the channel is closed
};

/// Sends one message in one of the ways there are; false when the channel is closed.
template <class Sender>
bool send_somehow(const Sender& sender, Dice& dice, Score& score, int number, std::size_t bound) {
    auto result = [&] {
        Message<> message(score.tally, 1, number);
        if constexpr (requires { sender.try_send(std::move(message)); }) {
            switch (dice.roll(4)) {
                case 0: return sender.try_send(std::move(message));
                case 1: return sender.send_for(std::move(message), std::chrono::microseconds(dice.roll(100)));
                default: break;
            }
        }
        return sender.send(std::move(message));
    }();
    if (result) {
        score.sent.fetch_add(1);
        score.sum.fetch_add(number);
        return true;
    }
    const bool possible = result.error().why == ChannelError::Disconnected || bound != ~std::size_t{0};
    score.wrong.fetch_add(result.error().value.number() == number && possible ? 0 : 1);
    return result.error().why != ChannelError::Disconnected;
}

template <class Sender>
void send_for_a_while(Sender sender, Score& score, std::uint64_t seed, std::size_t bound) {
    Dice dice(seed);
    const int most = static_cast<int>(dice.roll(200));
    for (int number = 1; number <= most; ++number) {
        if (!send_somehow(sender, dice, score, number, bound)) {
            return;
        }
        switch (dice.roll(32)) {
            case 0: weld::thread::yield_now(); break;
            case 1: sender = Sender(sender); break;
            case 2: (void)sender.len(); break;
            default: break;
        }
    }
}

/// Receives in all the ways there are, until the channel is closed or, for one that does not stay, for a while.
template <class Receiver>
void receive_for_a_while(Receiver receiver, Score& score, std::uint64_t seed, bool stays) {
    Dice dice(seed);
    for (std::uint32_t left = dice.roll(150); stays || left > 0; --left) {
        const auto message = [&] {
            switch (dice.roll(4)) {
                case 0: return receiver.try_recv();
                case 1: return receiver.recv_for(std::chrono::microseconds(dice.roll(100)));
                default: return receiver.recv();
            }
        }();
        if (message) {
            score.received.fetch_add(1);
            score.sum.fetch_sub(message->number());
        } else if (message.error() == ChannelError::Disconnected) {
            return;
        }
        switch (dice.roll(32)) {
            case 0: weld::thread::yield_now(); break;
            case 1:
                if constexpr (std::is_copy_constructible_v<Receiver>) {
                    receiver = Receiver(receiver);
                }
                break;
            default: break;
        }
    }
}

/// The life of one channel. A failure names the seed.
template <class Kind>
void attack(Kind kind, std::uint64_t seed) {
    constexpr std::size_t bounds[] = {0, 0, 1, 2, 3, 31, 1000};
    Dice dice(seed);
    std::size_t bound = ~std::size_t{0};
    if (kind.is_bounded) {
        bound = bounds[dice.roll(std::size(bounds))];
    }
    const std::uint32_t receivers = kind.many ? 1 + dice.roll(4) : 1;
    Score score;
    {
        auto [sender, receiver] = channel<Message<>>(kind, bound);
        std::vector<weld::thread::JoinHandle<void>> threads;
        for (std::uint32_t index = 1 + dice.roll(4); index > 0; --index) {
            threads.push_back(spawn([sender = sender, &score, seed = seed * 16 + index, bound] {
                send_for_a_while(sender, score, seed, bound);
            }));
        }
        drop(std::move(sender));
        const bool one_stays = dice.roll(2) == 0;
        score.staying.store(one_stays ? 1 : 0);
        if constexpr (kind.many) {
            for (std::uint32_t index = 1; index < receivers; ++index) {
                threads.push_back(spawn([receiver = receiver, &score, seed = seed * 16 + 8 + index] {
                    receive_for_a_while(receiver, score, seed, false);
                }));
            }
        }
        receive_for_a_while(std::move(receiver), score, seed, one_stays);
        for (auto& thread : threads) {
            std::move(thread).join();
        }
    }
    INFO("seed " << seed << " bound " << bound << " many " << kind.many);
    REQUIRE(score.tally.alive.load() == 0);
    REQUIRE(score.tally.broken.load() == 0);
    REQUIRE(score.wrong.load() == 0);
    REQUIRE(score.sent.load() >= score.received.load());
    if (score.staying.load() == 1) {
        REQUIRE(score.sent.load() == score.received.load());
        REQUIRE(score.sum.load() == 0);
    }
}

/// A oneshot whose ends act at random.
void attack_oneshot(std::uint64_t seed) {
    Dice dice(seed);
    Score score;
    {
        auto [sender, receiver] = oneshot::channel<Message<>>();
        auto sending = spawn([sender = std::move(sender), &score, ways = dice.roll(4)]() mutable {
            if (ways == 0) {
                return;
            }
            if (const auto result = std::move(sender).send(Message<>(score.tally, 1, 7))) {
                score.sent.fetch_add(1);
            } else {
                score.wrong.fetch_add(result.error().value.number() == 7 ? 0 : 1);
            }
        });
        for (std::uint32_t tries = dice.roll(4); tries > 0; --tries) {
            const auto message =
                dice.roll(2) == 0 ? receiver.try_recv() : receiver.recv_for(std::chrono::microseconds(dice.roll(50)));
            score.received.fetch_add(message ? 1 : 0);
        }
        drop(std::move(receiver));
        std::move(sending).join();
    }
    INFO("seed " << seed);
    REQUIRE(score.tally.is_clean());
    REQUIRE(score.wrong.load() == 0);
    REQUIRE(score.sent.load() >= score.received.load());
}

/// Runs `round(seed)` with another seed each time, for a moment or as long as a soak lasts.
template <class Round>
void for_a_while(Round round) {
    const bool soaks = test::soak_time().count() != 0;
    const auto end =
        std::chrono::steady_clock::now() + (soaks ? test::soak_time() / 3 : std::chrono::milliseconds(100));
    std::uint64_t seed = soaks ? std::random_device()() : 1;
    do {
        round(seed++);
    } while (std::chrono::steady_clock::now() < end);
}

}  // namespace

TEST_CASE("channels whose ends are made, wait, time out and are dropped at random lose and leak nothing", "[soak]") {
    for_a_while([](std::uint64_t seed) { in_each_kind([seed](auto kind) { attack(kind, seed); }); });
}

TEST_CASE("a oneshot whose ends act at random loses and leaks nothing", "[soak]") { for_a_while(attack_oneshot); }

TEST_CASE("request and answer between two sleeping threads: no wake-up is lost", "[soak]") {
    for_a_while([](std::uint64_t seed) {
        in_each_kind([seed](auto kind) {
            auto [ask, asked] = channel<std::uint64_t>(kind, seed % 3);
            auto [answer, answers] = channel<std::uint64_t>(kind, seed % 2);
            auto answering = spawn([asked = std::move(asked), answer = std::move(answer)] {
                for (const std::uint64_t& question : asked) {
                    if (!answer.send(question + 1)) {
                        return false;
                    }
                }
                return true;
            });
            Dice dice(seed);
            bool right = true;
            for (std::uint64_t index = 0; right && index < 50; ++index) {
                right = ask.send(index).has_value();
                if (dice.roll(4) == 0) {
                    weld::native::spin(dice.roll(400));  // so that the other one is about to sleep
                }
                right = right && answers.recv() == index + 1;
            }
            drop(std::move(ask));
            REQUIRE(right);
            REQUIRE(std::move(answering).join());
        });
    });
}
