using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// The types that events contain, each with all that it contains itself, so that what many events share is parsed once for a
/// compilation. Only types of which there is nothing to say: what is found wrong is said of each event.
/// </summary>
internal sealed class KnownTypes
{
    private static readonly ConditionalWeakTable<Compilation, KnownTypes> Compilations = new();

    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, Shape?>> _closures = new(StringComparer.Ordinal);

    /// <summary>Those of the compilation; they are forgotten with it.</summary>
    public static KnownTypes Of(Compilation compilation) => Compilations.GetValue(compilation, static _ => new());

    public bool TryGet(string type, out IReadOnlyDictionary<string, Shape?> closure) => _closures.TryGetValue(type, out closure);

    public void Add(string type, IReadOnlyDictionary<string, Shape?> closure) => _closures.TryAdd(type, closure);
}
