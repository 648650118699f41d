// SPDX-License-Identifier: MIT
//
// Channels in threads that weld did not start, and in threads that are already ending.
#include "channels.hpp"

#include <weld/sync/oneshot.hpp>

#include <pthread.h>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>

namespace oneshot = weld::sync::oneshot;
using test::channel;
using test::drop;
using test::in_each_kind;
using test::spawn;
using test::why;
using weld::sync::ChannelError;

namespace {

/// Runs `body` in a thread that weld knows nothing of, and waits for its end.
void in_pthread(std::function<void()> body) {
    pthread_t thread;
    REQUIRE(::pthread_create(
                &thread, nullptr,
                [](void* argument) -> void* {
                    (*static_cast<std::function<void()>*>(argument))();
                    return nullptr;
                },
                &body) == 0);
    REQUIRE(::pthread_join(thread, nullptr) == 0);
}

/// What runs when its thread has ended.
struct AtExit {
    std::function<void()> run;

    ~AtExit() {
        if (run) {
            run();
        }
    }
};

thread_local AtExit at_exit;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace

TEST_CASE("a thread of pthread_create sends, waits and receives", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto [answer, answers] = channel<int>(kind, 0);
        auto answering = spawn([receiver = std::move(receiver), answer = std::move(answer)] {
            int count = 0;
            for (const int& message : receiver) {
                count += answer.send(message * 2) ? 1 : 0;
            }
            return count;
        });
        int sum = 0;
        in_pthread([&sum, &sender = sender, &answers = answers] {
            for (int index = 0; index < 100; ++index) {
                sum += sender.send(index) ? answers.recv().value_or(100'000) : 100'000;
            }
        });
        CHECK(sum == 9'900);
        drop(std::move(sender));
        CHECK(std::move(answering).join() == 100);
    });
}

TEST_CASE("thread-exit destructors may send, wait, receive and destroy ends", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto [answer, answers] = channel<int>(kind, 0);
        std::atomic<int> seen{0};
        auto ending = spawn([&seen, sender = std::move(sender),
                             answers = std::make_shared<decltype(answers)>(std::move(answers))] {
            at_exit.run = [&seen, sender, answers] { seen.store(sender.send(1) ? answers->recv().value_or(-1) : -1); };
        });
        CHECK(receiver.recv() == 1);
        CHECK(answer.send(5).has_value());
        std::move(ending).join();
        CHECK(seen.load() == 5);
        CHECK(why(receiver.recv()) == ChannelError::Disconnected);
        CHECK(why(answer.send(6)) == ChannelError::Disconnected);
    });
}

TEST_CASE("a thread-exit destructor sends the message of a oneshot, or drops its sender", "[sync]") {
    for (const bool sends : {true, false}) {
        auto [sender, receiver] = oneshot::channel<int>();
        auto held = std::make_shared<std::optional<oneshot::Sender<int>>>(std::move(sender));
        auto ending = spawn([held = std::move(held), sends] {
            at_exit.run = [held, sends] {
                if (sends) {
                    (void)std::move(**held).send(7);
                }
                held->reset();
            };
        });
        const auto message = receiver.recv();
        CHECK(message.has_value() == sends);
        CHECK(message.value_or(0) == (sends ? 7 : 0));
        std::move(ending).join();
    }
}

TEST_CASE("a thread that ends destroys its ends of the channel", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        in_pthread([&receiver = receiver] {
            at_exit.run = [receiver = std::make_shared<std::decay_t<decltype(receiver)>>(std::move(receiver))] {};
        });
        CHECK(why(sender.send(1)) == ChannelError::Disconnected);
    });
}
