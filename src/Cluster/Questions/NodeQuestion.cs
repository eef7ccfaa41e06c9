using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Contract;

namespace KadaluFsd.Cluster.Questions;

/// <summary>What a node is asked about a pool, or is to do without changing what the pool is: no part of a task.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="PoolId">Its id.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "ask")]
[JsonDerivedType(typeof(HealStateQuestion), "heal-state")]
[JsonDerivedType(typeof(HealStartQuestion), "heal-start")]
[JsonDerivedType(typeof(HealListQuestion), "heal-list")]
[JsonDerivedType(typeof(HealIndexQuestion), "heal-index")]
[JsonDerivedType(typeof(GfidPathQuestion), "gfid-paths")]
[JsonDerivedType(typeof(CopyCheckQuestion), "copy-check")]
[JsonDerivedType(typeof(FileCopyQuestion), "file-copies")]
[JsonDerivedType(typeof(FileListQuestion), "file-list")]
[JsonDerivedType(typeof(FilePieceQuestion), "file-pieces")]
[JsonDerivedType(typeof(HealResolveQuestion), "heal-resolve")]
[JsonDerivedType(typeof(VolfileQuestion), "volfile")]
[JsonDerivedType(typeof(NfsNumberQuestion), "nfs-number")]
[JsonDerivedType(typeof(LibraryQuestion), "library")]
[JsonDerivedType(typeof(ReturningUnitsQuestion), "returning-units")]
[JsonDerivedType(typeof(NfsExportQuestion), "nfs-export")]
[JsonDerivedType(typeof(SmbShareQuestion), "smb-share")]
public abstract record NodeQuestion(string Pool, Guid PoolId)
{
    /// <summary>The agent's route: it answers a question that is posted there, or refuses.</summary>
    public const string Route = "/v1/questions";

    /// <summary>The longest question, in bytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The longest answer, in bytes.</summary>
    public const int MaxAnswer = 32 * 1024 * 1024;

    /// <summary>The most seconds that may be given for an answer.</summary>
    public const double MaxSeconds = 3600;

    /// <summary>How many seconds there are for the answer; what was begun for it is ended then.</summary>
    public double Seconds { get; init; } = 30;

    /// <summary>
    /// Whether a process of its own answers it: it needs GlusterFS, or reads files of units, whose disks may hang. The agent itself answers others.
    /// </summary>
    [JsonIgnore]
    public virtual bool NeedsProcess => false;

    /// <summary>Reads a question.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static NodeQuestion Read(byte[] text)
    {
        try
        {
            NodeQuestion question = JsonSerializer.Deserialize(text, QuestionJson.Default.NodeQuestion)
                ?? throw new JsonException("it is null");
            return question.Seconds is > 0 and <= MaxSeconds ? question
                : throw new JsonException($"{question.Seconds} seconds are not between 0 and {MaxSeconds}");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new CommandException(ExitCode.Usage, $"the question cannot be read: {exception.Message}");
        }
    }
}

/// <summary>What a process that answers a question has to say: one of the two.</summary>
/// <param name="Said">The answer.</param>
/// <param name="Failed">Why there is none.</param>
public sealed record NodeAnswer(JsonElement? Said = null, ControlError? Failed = null);
