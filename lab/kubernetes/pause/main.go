// pause is the first process of every pod: it does nothing, and reaps what its children leave behind.
//
// `pause -v` prints the version and ends with 0: kubeadm's upgrade check runs the image that way and waits for its end.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

var version = "unknown"

func main() {
	for _, argument := range os.Args[1:] {
		if argument == "-v" || argument == "--version" {
			fmt.Println("pause", version, "(rebuilt for tests)")
			return
		}
	}
	ended := make(chan os.Signal, 1)
	children := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	signal.Notify(children, syscall.SIGCHLD)
	for {
		select {
		case <-ended:
			return
		case <-children:
			reap()
		}
	}
}

// reap collects every child that has ended; several may hide behind one signal.
func reap() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if pid <= 0 || (err != nil && err != syscall.EINTR) {
			return
		}
	}
}
