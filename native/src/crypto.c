/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL, which GlusterFS and the managed runtime share. Whoever initialises it first decides whether it takes itself apart when the process
 * ends. The runtime says no, because its threads may still be there; but libgfrpc's transport comes first, when it is loaded, and says nothing:
 * a thread that had hashed something and ended during exit(3) then found its lock gone, and the process died of SIGABRT. This library is
 * loaded before either.
 */
#include <openssl/crypto.h>

__attribute__((constructor)) static void
keep_for_ever(void)
{
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
}
