/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

static __thread char last_error[KFSD_TEXT_MAX];

int32_t
kfsd_fail(int error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(last_error, sizeof(last_error), format, arguments);
    va_end(arguments);
    return -error;
}

const char *
kfsd_last_error(void)
{
    return last_error;
}
