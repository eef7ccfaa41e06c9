namespace KadaluFsd.Manager.Tasks;

/// <summary>What a task says while it runs, for those who watch. From any thread.</summary>
internal sealed class TaskLines
{
    private const int MaxLines = 2000;

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _news = New();
    private TaskPart[]? _parts;

    /// <summary>How far nodes are at the moment; null where nothing is being done.</summary>
    internal TaskPart[]? Parts => Volatile.Read(ref _parts);

    /// <summary>Shows how far nodes are from now on.</summary>
    /// <param name="parts">Who carries it out changes its elements.</param>
    internal void Show(TaskPart[] parts)
    {
        Volatile.Write(ref _parts, parts);
        Wake();
    }

    /// <summary>Says a line, unless very many were said.</summary>
    internal void Say(string line)
    {
        lock (_lock)
        {
            if (_lines.Count < MaxLines)
            {
                _lines.Add(line);
            }
        }

        Wake();
    }

    /// <summary>Wakes those who wait: the task itself has changed.</summary>
    internal void Wake()
    {
        lock (_lock)
        {
            _news.TrySetResult();
            _news = New();
        }
    }

    /// <summary>The lines from a number on, and what completes when there are more, or the task has changed.</summary>
    internal (string[] Lines, Task News) Read(int from)
    {
        lock (_lock)
        {
            return ([.. _lines.Skip(from)], _news.Task);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
