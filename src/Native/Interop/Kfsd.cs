namespace KadaluFsd.Native.Interop;

/// <summary>The functions of libkfsd. What each means, returns and owns is said in native/include/kfsd.h.</summary>
/// <remarks>None of them may be called before <see cref="GlusterLibrary.Load"/> has loaded the library.</remarks>
internal static partial class Kfsd
{
    /// <summary>KFSD_API_VERSION of the header these imports were written against.</summary>
    internal const int ApiVersion = 10;

    internal const int TextMax = 512;

    internal const string Library = "libkfsd.so";
}
