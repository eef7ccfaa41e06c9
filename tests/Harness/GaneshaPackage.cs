namespace KadaluFsd.Harness;

/// <summary>What packaging/nfs-ganesha-kadalu/build.sh makes.</summary>
internal static class GaneshaPackage
{
    /// <summary>The FSAL for GlusterFS that knows ports and several servers; `make test` has it built.</summary>
    internal static string Library()
    {
        string library = Path.Combine(Workspace.Source, "artifacts", "ganesha", "libfsalgluster.so");
        Assert.True(File.Exists(library), $"{library} is missing: run make ganesha");
        return library;
    }
}
