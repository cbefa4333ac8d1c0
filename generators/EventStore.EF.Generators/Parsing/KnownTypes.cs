using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Caches the types that events contain, each with its closure, so that a type shared by many events is parsed once per compilation.
/// Types with findings are not cached, because a finding is reported for each event.
/// </summary>
internal sealed class KnownTypes
{
    private static readonly ConditionalWeakTable<Compilation, KnownTypes> Compilations = new();

    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, Shape?>> _closures = new(StringComparer.Ordinal);

    /// <summary>The cache of a compilation, which is freed together with it.</summary>
    public static KnownTypes Of(Compilation compilation) => Compilations.GetValue(compilation, static _ => new());

    public bool TryGet(string type, out IReadOnlyDictionary<string, Shape?> closure) => _closures.TryGetValue(type, out closure);

    public void Add(string type, IReadOnlyDictionary<string, Shape?> closure) => _closures.TryAdd(type, closure);
}
