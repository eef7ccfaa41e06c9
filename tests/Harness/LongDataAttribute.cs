using System.Reflection;
using Xunit.Sdk;

namespace KadaluFsd.Harness;

/// <summary>
/// A case of a test that only the long tests have (TEST_EVERY_CASE): it shows for another pool, or another moment, what a case that is always there
/// shows.
/// </summary>
/// <param name="data">The arguments.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class LongDataAttribute(params object?[] data) : DataAttribute
{
    private static readonly bool s_isWanted = Environment.GetEnvironmentVariable("TEST_EVERY_CASE") == "1";

    /// <inheritdoc/>
    public override IEnumerable<object?[]> GetData(MethodInfo testMethod) => s_isWanted ? [data] : [];
}
