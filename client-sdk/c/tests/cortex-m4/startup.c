/* Startup of a Cortex-M4 under QEMU's mps2-an386: the vector table, memory, and newlib over semihosting. */
#include <stdint.h>
#include <stdlib.h>

extern uint32_t data_source[], data_start[], data_end[], bss_start[], bss_end[], stack_top[];
extern void initialise_monitor_handles(void);
extern int main(int argc, char **argv);

#define TIMER ((volatile uint32_t *)0x40002000) /* load, value, control: counts down at 25 MHz */
#define CPACR (*(volatile uint32_t *)0xE000ED88)

static void reset(void) {
    static char name[] = "evenkeel-tests", *arguments[] = {name, 0};
    uint32_t *from = data_source;
    CPACR |= 0xF00000; /* Enables the FPU, for single precision. */
    __asm__ volatile("dsb\n\tisb");
    for (uint32_t *to = data_start; to < data_end; to++) *to = *from++;
    for (uint32_t *to = bss_start; to < bss_end; to++) *to = 0;
    initialise_monitor_handles();
    exit(main(1, arguments));
}

/*
 * With -icount shift=0 an instruction takes a nanosecond, and a timer tick is 40 instructions. The count wraps after
 * 171 G instructions.
 */
uint64_t test_instructions(void) {
    TIMER[2] = 0x82; /* enabled, 32 bits, free running */
    return 40 * (uint64_t)(0xFFFFFFFF - TIMER[1]) + 1;
}

static void fault(void) { _Exit(99); }

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    stack_top, reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault,
};
