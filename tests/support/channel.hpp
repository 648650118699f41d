// SPDX-License-Identifier: MIT
//
// Channel: for ported tests whose tasks communicate by channels. One task receives; any thread sends.
#pragma once

#include <support/words.hpp>

#include <green/thread.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace test {

template <class T>
class Channel {
public:
    /// A sender; when the last one is destroyed, the receiver stops waiting.
    class Sender {
    public:
        explicit Sender(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) { channel_->add(1); }
        Sender(const Sender& other) : channel_(other.channel_) { channel_->add(1); }
        Sender(Sender&&) noexcept = default;
        Sender& operator=(const Sender&) = delete;
        Sender& operator=(Sender&&) = delete;
        ~Sender() {
            if (channel_ != nullptr) {
                channel_->add(-1);
            }
        }
        void send(T value) const { channel_->push(std::move(value)); }

    private:
        std::shared_ptr<Channel> channel_;
    };

    /// Waits for a value; nothing when all senders are destroyed.
    std::optional<T> receive() {
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                if (!values_.empty()) {
                    T value = std::move(values_.front());
                    values_.pop_front();
                    return value;
                }
                if (senders_ == 0) {
                    return std::nullopt;
                }
                receiver_ = green::thread::current();
            }
            green::thread::park();
        }
    }

    std::optional<T> try_receive() {
        const std::lock_guard lock(mutex_);
        if (values_.empty()) {
            return std::nullopt;
        }
        T value = std::move(values_.front());
        values_.pop_front();
        return value;
    }

private:
    void add(int senders) {
        const std::lock_guard lock(mutex_);
        senders_ += senders;
        wake();
    }
    void push(T value) {
        const std::lock_guard lock(mutex_);
        values_.push_back(std::move(value));
        wake();
    }
    void wake() {
        if (receiver_) {
            receiver_->unpark();
            receiver_.reset();
        }
    }

    std::mutex mutex_;
    std::deque<T> values_;
    std::optional<green::thread::Thread> receiver_;
    int senders_ = 0;
};

/// Starts a detached task.
template <class F>
void spawn(F function) {
    (void)must(green::thread::spawn(std::move(function)));
}

/// A channel and its first sender.
template <class T>
std::pair<typename Channel<T>::Sender, std::shared_ptr<Channel<T>>> channel() {
    auto made = std::make_shared<Channel<T>>();
    return {typename Channel<T>::Sender(made), made};
}

}  // namespace test
