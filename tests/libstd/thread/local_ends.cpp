// SPDX-License-Identifier: MIT
//
// Local: misuse that ends the process, and its message. No case runs a thread before its child is made, since the
// sanitizers do not support that.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <csignal>
#include <string>
#include <utility>

namespace thread = weld::thread;
using test::must;
using thread::Local;

namespace {

/// Whether `body`, run by a thread of a child, ends the process with the message of a Local.
template <class Body>
bool is_fatal(Body body) {
    const auto end = test::in_child([&] {
        must(thread::spawn(body)).join();
        return 0;
    });
    INFO(end.said);
    CHECK(end.said.find("thread::Local") != std::string::npos);
    return end.died_of(SIGABRT);
}

constinit thread_local Local<std::string> text;

}  // namespace

TEST_CASE("get of a value that the thread's end has destroyed ends the process with a message") {
    struct Late {
        bool armed = false;
        ~Late() {
            if (armed) {
                (void)text.get();
            }
        }
    };
    static constinit thread_local Local<Late> late;
    CHECK(is_fatal([] {
        late.get().armed = true;  // made before, so destroyed after
        text.set("gone by then");
    }));
}

TEST_CASE("set of a value that the thread's end has destroyed ends the process with a message") {
    struct Late {
        bool armed = false;
        ~Late() {
            if (armed) {
                text.set("too late");
            }
        }
    };
    static constinit thread_local Local<Late> late;
    CHECK(is_fatal([] {
        late.get().armed = true;
        text.set("gone by then");
    }));
}

namespace {

int ask_for_itself();
constinit thread_local Local<int> recursive(ask_for_itself);
int ask_for_itself() { return recursive.get() + 1; }

}  // namespace

TEST_CASE("get of a value while it is made ends the process with a message") {
    CHECK(is_fatal([] { (void)recursive.get(); }));
}

TEST_CASE("the values of the main thread are destroyed when the process exits") {
    struct Last {
        bool armed = false;
        ~Last() {
            if (armed) {
                (void)::write(STDERR_FILENO, "ended", 5);
            }
        }
    };
    static constinit thread_local Local<Last> last;
    const auto end = test::in_child([]() -> int {
        last.get().armed = true;
        std::exit(0);
    });
    CHECK(end.exited_with(0));
    CHECK(end.said == "ended");
}
