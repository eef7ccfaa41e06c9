using System.Runtime.InteropServices;
using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

/// <summary>Texts and return values of libkfsd.</summary>
internal static class NativeText
{
    /// <summary>Copies a static or thread-owned C string.</summary>
    /// <param name="text">NUL-terminated UTF-8, or null.</param>
    /// <returns>The text; empty for null.</returns>
    internal static unsafe string Read(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    /// <summary>Copies a static C string that may be missing.</summary>
    /// <param name="text">NUL-terminated UTF-8, or null.</param>
    /// <returns>The text; null for null.</returns>
    internal static unsafe string? ReadOptional(byte* text) => Marshal.PtrToStringUTF8((nint)text);

    /// <summary>Throws for a negative return value, with the calling thread's error text.</summary>
    /// <returns><paramref name="result"/>, when it is not negative.</returns>
    internal static unsafe int Check(int result) =>
        result >= 0 ? result : throw new GraphException(-result, Read(Kfsd.GetLastError()));

    /// <summary>Throws for a negative return value, with the calling thread's error text.</summary>
    /// <returns><paramref name="result"/>, when it is not negative.</returns>
    internal static unsafe long Check(long result) =>
        result >= 0 ? result : throw new GraphException((int)-result, Read(Kfsd.GetLastError()));
}
