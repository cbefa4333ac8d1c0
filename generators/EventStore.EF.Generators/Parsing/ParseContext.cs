using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>The state of the parse of one event: the types it contains, the path to the current member, and the findings.</summary>
internal sealed class ParseContext
{
    private const string Arrow = " → ";

    private readonly INamedTypeSymbol _root;
    private readonly KnownTypes? _known;
    private readonly CancellationToken _ct;
    private readonly List<Finding> _findings = [];
    private readonly List<ISymbol> _path;
    private readonly Dictionary<string, Shape?> _shapes = new(StringComparer.Ordinal);

    /// <summary>The types of <see cref="_shapes"/> that can only be written.</summary>
    private readonly HashSet<string> _onlyWritten = new(StringComparer.Ordinal);

    /// <summary>The types that are known not to be readable, because a parse for writing is in progress.</summary>
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);

    private bool _isBroken;

    /// <param name="compilation">The compilation.</param>
    /// <param name="root">The event or state.</param>
    /// <param name="isAdvising">Whether to report findings that are not errors, which the generator doesn't use.</param>
    /// <param name="known">The cache of types that several events contain, or null to use none.</param>
    /// <param name="ct">Cancels the parse.</param>
    public ParseContext(Compilation compilation, INamedTypeSymbol root, bool isAdvising, KnownTypes? known, CancellationToken ct)
        : this(compilation, root, isAdvising, known, [], ct)
    {
    }

    private ParseContext(
        Compilation compilation, INamedTypeSymbol root, bool isAdvising, KnownTypes? known, List<ISymbol> path, CancellationToken ct)
    {
        (Compilation, _root, IsAdvising, _known, _path, _ct) = (compilation, root, isAdvising, known, path, ct);
        Converters = EventConverters.Of(compilation);
    }

    public Compilation Compilation { get; }

    public bool IsAdvising { get; }

    /// <summary>Whether the values are only written, because they belong to a computed member.</summary>
    public bool IsWriting { get; private init; }

    /// <summary>The type whose own state another check covers: a state, whose snapshots have a diagnostic of their own.</summary>
    public INamedTypeSymbol? Exempt { get; init; }

    /// <summary>The converters that the assembly registers.</summary>
    public EventConverters Converters { get; }

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Whether nothing must be emitted for the event.</summary>
    public bool HasErrors => _isBroken || _findings.Exists(finding => finding.IsError);

    public IEnumerable<Shape> Shapes => _shapes.Values.OfType<Shape>();

    /// <summary>Whether code of this compilation declares the symbol.</summary>
    public bool IsOwn(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, Compilation.Assembly);

    /// <summary>Reports at <paramref name="symbol"/>, or at the innermost member on the path with source in this compilation.</summary>
    public void Report(DiagnosticDescriptor descriptor, ISymbol symbol, params string[] arguments)
        => ReportAt(descriptor, Location(symbol), null, arguments);

    /// <summary>Reports at a location, or at the event.</summary>
    public void ReportAt(DiagnosticDescriptor descriptor, Location? location, string? cause, params string[] arguments)
        => _findings.Add(new(descriptor, location ?? Location(_root), arguments.ToEquatableArray(), cause));

    /// <summary>The place of a symbol in this compilation: its own, or that of the innermost member that leads to it.</summary>
    public Location? Location(ISymbol symbol)
        => _path.AsEnumerable().Reverse().Prepend(symbol).Append(_root)
            .Select(OwnLocation).FirstOrDefault(location => location is not null);

    /// <summary>A symbol's name in messages: the path, if another type leads to it (<c>CheckIn → LocalDate → Calendar</c>).</summary>
    public string Place(ISymbol symbol)
    {
        if (_path.Count == 0 || (_path.Count == 1 && symbol.Equals(_path[0], SymbolEqualityComparer.Default)))
            return symbol.Display();
        var names = new List<string> { _path[0].Name };
        foreach (var member in _path.Skip(1))
            names.AddRange([member.ContainingType.Name, member.Name]);
        if (symbol is ITypeSymbol type)
            names.Add(type.Display());
        else if (!symbol.Equals(_path[_path.Count - 1], SymbolEqualityComparer.Default))
            names.AddRange([symbol.ContainingType.Name, symbol.Name]);
        return string.Join(Arrow, names);
    }

    /// <summary>Gives up on the event without a finding, because the compiler reports the error.</summary>
    public void LeaveToCompiler() => _isBroken = true;

    /// <summary>Parses what belongs to a member, so that messages can name the path.</summary>
    public T Inside<T>(ISymbol member, Func<T> parse)
    {
        _path.Add(member);
        var result = parse();
        _path.RemoveAt(_path.Count - 1);
        return result;
    }

    /// <summary>
    /// Parses a value that is never read. A type that can be read has the same form everywhere; only of a type that can't, the
    /// form for writing is taken.
    /// </summary>
    public ValueModel? OnlyWritten(Func<ShapeParser, ValueModel?> parse)
    {
        var readable = new ParseContext(Compilation, _root, IsAdvising, known: null, [.. _path], _ct) { Exempt = Exempt };
        readable.StartFrom(this, shape => !_onlyWritten.Contains(shape));
        readable._unreadable.UnionWith(_unreadable);
        if (IsWriting)
            readable._unreadable.UnionWith(_onlyWritten);
        var value = parse(new(readable));
        if (value is not null && !readable.HasErrors)
        {
            Take(readable);
            return value;
        }

        var written = new ParseContext(Compilation, _root, IsAdvising, known: null, [.. _path], _ct) { IsWriting = true };
        written.StartFrom(this, _ => true);
        written._onlyWritten.UnionWith(_onlyWritten);
        value = parse(new(written));
        Take(written);
        return value;
    }

    /// <summary>Replaces the findings about the inside of another assembly's type by one, which says what to do about the type.</summary>
    /// <returns>Whether the type can be stored.</returns>
    public bool Summarize(int start, INamedTypeSymbol type)
    {
        var errors = _findings.Skip(start).Where(finding => finding.IsError).ToList();
        _findings.RemoveRange(start, _findings.Count - start);

        // What can't be named is mended where its assembly is referenced.
        if (errors.Find(finding => finding.Descriptor == Descriptors.Unnameable) is { } unnameable)
            _findings.Add(unnameable);
        else if (errors.Count > 0)
            ReportForeign(type, errors[0].Arguments[0].Contains(Arrow) ? errors[0] : null);
        return errors.Count == 0;
    }

    /// <summary>Reports that a type from another assembly, or a type inside it, can't be restored.</summary>
    /// <param name="type">The type.</param>
    /// <param name="inner">What was found inside it; its path is the longer one.</param>
    /// <param name="member">The member that can't be restored, if one is to blame.</param>
    public void ReportForeign(INamedTypeSymbol type, Finding? inner = null, ISymbol? member = null)
        => ReportAt(
            Descriptors.ForeignType, Location(type), type.Code(),
            inner?.Arguments[0] ?? Place(member ?? type), type.Display(), type.ContainingAssembly?.Name ?? "another assembly");

    /// <summary>Adds the shape of a type once. A type may contain itself.</summary>
    public void Add(ITypeSymbol type, Func<ParseContext, Shape?> parse)
    {
        _ct.ThrowIfCancellationRequested();
        var code = type.Code();
        if (_unreadable.Contains(code))
        {
            _isBroken = true;
            return;
        }

        // A type that could only be written so far is parsed again, to report why it can't be read.
        if (!IsWriting && _onlyWritten.Remove(code))
            _shapes.Remove(code);
        if (_shapes.ContainsKey(code))
            return;
        if (_known is not null && !ReferenceEquals(type, _root))
        {
            AddKnown(code, type, parse, _known);
            return;
        }

        _shapes.Add(code, null);
        if (IsWriting)
            _onlyWritten.Add(code);
        var shape = parse(this);
        _shapes[code] = IsWriting && shape is ClassShape written ? written with { IsOnlyWritten = true } : shape;
    }

    public Shape? Find(ITypeSymbol type) => _shapes.TryGetValue(type.Code(), out var shape) ? shape : null;

    private void AddKnown(string code, ITypeSymbol type, Func<ParseContext, Shape?> parse, KnownTypes known)
    {
        if (!known.TryGet(code, out var closure))
        {
            var inner = new ParseContext(Compilation, _root, IsAdvising, known: null, _path, _ct) { Exempt = Exempt };
            inner.Add(type, parse);
            closure = inner._shapes;
            _findings.AddRange(inner._findings);
            _isBroken |= inner._isBroken;
            if (inner._findings.Count == 0 && !inner._isBroken)
                known.Add(code, closure);
        }

        Take(closure);
    }

    private void Take(ParseContext other)
    {
        _findings.AddRange(other._findings);
        _isBroken |= other._isBroken;
        Take(other._shapes);
    }

    private void Take(IReadOnlyDictionary<string, Shape?> shapes)
    {
        foreach (var shape in shapes)
        {
            if (_shapes.ContainsKey(shape.Key))
                continue;
            _shapes.Add(shape.Key, shape.Value);
            if (shape.Value is ClassShape { IsOnlyWritten: true })
                _onlyWritten.Add(shape.Key);
        }
    }

    /// <summary>Takes over what another parse has found, so that a type that contains itself is parsed once.</summary>
    private void StartFrom(ParseContext other, Func<string, bool> isTaken)
    {
        foreach (var shape in other._shapes.Where(shape => isTaken(shape.Key)))
            _shapes.Add(shape.Key, shape.Value);
    }

    private Location? OwnLocation(ISymbol symbol) => symbol.Locations.FirstOrDefault(
        location => location is { IsInSource: true, SourceTree: { } tree } && Compilation.ContainsSyntaxTree(tree));
}
