namespace KadaluFsd.Shared;

/// <summary>How long tests wait for what must come: long enough for a machine that is busy with other things.</summary>
internal static class Patience
{
    /// <summary>The limit of a wait, and of a command.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
}
