// SPDX-License-Identifier: MIT
//
// peer: the ring race in Go: goroutines that each receive from a channel and send to the next one's.

package main

import (
	"flag"
	"fmt"
	"runtime"
	"time"
)

func main() {
	ops := flag.Int("ops", 1, "hops")
	tasks := flag.Int("tasks", 1, "goroutines")
	workers := flag.Int("workers", 1, "GOMAXPROCS")
	flag.Parse()
	runtime.GOMAXPROCS(*workers)
	ended := make(chan struct{})
	pass := func(from <-chan int, to chan<- int) {
		for left := range from {
			if left == 0 {
				close(ended)
				return
			}
			to <- left - 1
		}
	}
	first := make(chan int)
	from := first
	for i := 1; i < *tasks; i++ {
		to := make(chan int)
		go pass(from, to)
		from = to
	}
	go pass(from, first)
	runtime.Gosched() // all run until they wait

	start := time.Now()
	first <- *ops
	<-ended
	ns := time.Since(start).Nanoseconds()

	fmt.Printf("{\"ops\": %d, \"ns\": %d}\n", *ops, ns)
}
