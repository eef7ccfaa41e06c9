using System.Text.Json;
using KadaluFsd.Contract;

namespace KadaluFsd.Kadalu.Output;

/// <summary>Writes what programs read.</summary>
internal static class JsonOutput
{
    /// <summary>Writes an answer as it came.</summary>
    internal static void Write(string json) => Terminal.Paste($"{json.TrimEnd()}\n");

    /// <summary>Writes why there is none.</summary>
    internal static void WriteFailure(ExitCode code, string reason) => Console.Out.WriteLine(JsonSerializer.Serialize(
        new ControlError(reason, (int)code), ControlJson.Default.ControlError));
}
