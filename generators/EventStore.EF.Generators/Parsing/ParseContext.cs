using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The state of the parse of one event: the types it contains, and the findings.</summary>
/// <param name="compilation">The compilation.</param>
/// <param name="root">The event or state.</param>
/// <param name="isAdvising">Whether to report findings that are not errors, which the generator doesn't use.</param>
/// <param name="known">The cache of types that several events contain, or null to use none.</param>
/// <param name="ct">Cancels the parse.</param>
internal sealed class ParseContext(
    Compilation compilation, INamedTypeSymbol root, bool isAdvising, KnownTypes? known, CancellationToken ct)
{
    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, Shape?> _shapes = new(StringComparer.Ordinal);
    private bool _isBroken;

    public Compilation Compilation => compilation;

    public bool IsAdvising => isAdvising;

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Whether nothing must be emitted for the event.</summary>
    public bool HasErrors => _isBroken || _findings.Exists(finding => finding.IsError);

    public IEnumerable<Shape> Shapes => _shapes.Values.OfType<Shape>();

    /// <summary>Reports at <paramref name="symbol"/> if its source is in this compilation, otherwise at the event.</summary>
    public void Report(DiagnosticDescriptor descriptor, ISymbol symbol, params string[] arguments)
        => _findings.Add(new(descriptor, symbol.FirstLocation() ?? root.FirstLocation(), arguments.ToEquatableArray()));

    /// <summary>Gives up on the event without a finding, because the compiler reports the error.</summary>
    public void LeaveToCompiler() => _isBroken = true;

    /// <summary>Adds the shape of a type once. A type may contain itself.</summary>
    public void Add(ITypeSymbol type, Func<ParseContext, Shape?> parse)
    {
        ct.ThrowIfCancellationRequested();
        var code = type.Code();
        if (_shapes.ContainsKey(code))
            return;
        if (known is not null && !ReferenceEquals(type, root))
        {
            AddKnown(code, type, parse, known);
            return;
        }

        _shapes.Add(code, null);
        _shapes[code] = parse(this);
    }

    private void AddKnown(string code, ITypeSymbol type, Func<ParseContext, Shape?> parse, KnownTypes known)
    {
        if (!known.TryGet(code, out var closure))
        {
            var inner = new ParseContext(compilation, root, isAdvising, known: null, ct);
            inner.Add(type, parse);
            closure = inner._shapes;
            _findings.AddRange(inner._findings);
            _isBroken |= inner._isBroken;
            if (inner._findings.Count == 0 && !inner._isBroken)
                known.Add(code, closure);
        }

        foreach (var shape in closure)
        {
            if (!_shapes.ContainsKey(shape.Key))
                _shapes.Add(shape.Key, shape.Value);
        }
    }

    public Shape? Find(ITypeSymbol type) => _shapes.TryGetValue(type.Code(), out var shape) ? shape : null;
}
