namespace KadaluFsd.Contract;

/// <summary>An order to mark what a unit missed.</summary>
/// <param name="Unit">The unit's <c>protocol/client</c> volume.</param>
/// <param name="Scope"><c>top</c> or <c>everything</c>.</param>
/// <param name="BesideLost">Whether other units of its group may be missing as well, as long as one is connected, because they
/// have lost their files.</param>
public sealed record MarkOrder(string Unit, string Scope, bool BesideLost = false)
{
    /// <summary>The root directory: enough for an empty unit.</summary>
    public const string Top = "top";

    /// <summary>Every file and directory.</summary>
    public const string Everything = "everything";
}

/// <summary>The result.</summary>
/// <param name="Marked">How many files and directories are marked.</param>
public sealed record MarkAnswer(long Marked);
