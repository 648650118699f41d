// SPDX-License-Identifier: MIT
//
// peer: the skynet race in Go: a node starts ten goroutines and adds up the numbers that they send on its channel.

package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"
)

func node(to chan<- uint64, first, leaves uint64) {
	if leaves == 1 {
		to <- first
		return
	}
	children := make(chan uint64)
	for i := uint64(0); i < 10; i++ {
		go node(children, first+i*(leaves/10), leaves/10)
	}
	sum := uint64(0)
	for i := 0; i < 10; i++ {
		sum += <-children
	}
	to <- sum
}

func main() {
	leaves := flag.Uint64("ops", 1, "leaves, a power of ten")
	workers := flag.Int("workers", 1, "GOMAXPROCS")
	flag.Parse()
	runtime.GOMAXPROCS(*workers)
	root := make(chan uint64)

	start := time.Now()
	go node(root, 0, *leaves)
	sum := <-root
	ns := time.Since(start).Nanoseconds()

	if sum != *leaves*(*leaves-1)/2 {
		fmt.Fprintf(os.Stderr, "the leaves add up to %d, which is wrong\n", sum)
		os.Exit(1)
	}
	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"sum\": %d}\n", (10**leaves-1)/9, ns, sum)
}
