using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>One parse of one event: what it contains, and what is wrong with it.</summary>
internal sealed class ParseContext(Compilation compilation, INamedTypeSymbol root, CancellationToken ct)
{
    private readonly List<Finding> _findings = [];
    private bool _isBroken;
    private readonly Dictionary<string, Shape?> _shapes = new(StringComparer.Ordinal);

    public Compilation Compilation => compilation;

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Whether nothing is to be emitted for the event.</summary>
    public bool HasErrors => _isBroken || _findings.Exists(finding => finding.IsError);

    public IEnumerable<Shape> Shapes => _shapes.Values.OfType<Shape>();

    /// <summary>Reports at <paramref name="symbol"/> when it is source of this compilation, otherwise at the event.</summary>
    public void Report(DiagnosticDescriptor descriptor, ISymbol symbol, params string[] arguments)
        => _findings.Add(new(descriptor, symbol.FirstLocation() ?? root.FirstLocation(), arguments.ToEquatableArray()));

    /// <summary>Gives the event up without a word, because the compiler says what is wrong.</summary>
    public void LeaveToCompiler() => _isBroken = true;

    /// <summary>Adds the shape of a type once; a type may contain itself.</summary>
    public void Add(ITypeSymbol type, Func<Shape?> parse)
    {
        ct.ThrowIfCancellationRequested();
        var code = type.Code();
        if (_shapes.ContainsKey(code))
            return;
        _shapes.Add(code, null);
        _shapes[code] = parse();
    }

    public Shape? Find(ITypeSymbol type) => _shapes.TryGetValue(type.Code(), out var shape) ? shape : null;
}
