using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace EventStore.EF.Generators.Tests.Corpus;

/// <summary>Says who reads its member: the generated writer, or System.Text.Json by metadata.</summary>
[Event]
public sealed class Traced
{
    public string Reader
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        get => new StackFrame(1).GetMethod() is { } method ? $"{method.DeclaringType!.Name}.{method.Name}" : "";
    }
}
