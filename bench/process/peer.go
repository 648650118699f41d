// SPDX-License-Identifier: MIT
//
// peer: the process race in Go: exec.Command and Run.

package main

import (
	"flag"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

func main() {
	ops := flag.Int("ops", 1, "children in all")
	hasHeap := flag.Bool("heap", false, "with a GiB of memory, each page written to")
	flag.Parse()
	var heap []byte
	if *hasHeap {
		heap = make([]byte, 1<<30)
		for at := 0; at < len(heap); at += 4096 {
			heap[at] = 1
		}
	}

	failed := 0
	start := time.Now()
	for i := 0; i < *ops; i++ {
		if exec.Command(flag.Arg(0)).Run() != nil {
			failed++
		}
	}
	ns := time.Since(start).Nanoseconds()

	runtime.KeepAlive(heap)
	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"sum\": %d}\n", *ops, ns, failed)
}
