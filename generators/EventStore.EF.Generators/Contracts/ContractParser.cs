using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>Walks through the types of an event and collects the paths and types of its JSON.</summary>
internal sealed class ContractParser
{
    private readonly ParseContext _context;
    private readonly CancellationToken _ct;
    private readonly List<ContractNode> _nodes = [];
    private readonly Dictionary<ITypeSymbol, string> _open = new(SymbolEqualityComparer.Default);
    private bool _isComputed;

    private ContractParser(INamedTypeSymbol root, Compilation compilation, CancellationToken ct)
    {
        // Selects the same members as the serializer. Its errors are reported there, not here.
        _context = new(compilation, root, isAdvising: false, known: null, ct);
        _ct = ct;
    }

    /// <summary>The contract of a type marked <c>[Event]</c>, or null if its name is invalid.</summary>
    public static EventContract? Parse(INamedTypeSymbol type, AttributeData attribute, Compilation compilation, CancellationToken ct)
    {
        var (name, version, aliases) = EventParser.Contract(type, attribute);
        if (version < 1 || aliases.Prepend(name).Any(n => EventNames.Problem(n) is not null))
            return null;
        return new(type, [.. aliases.Prepend(name).Select(n => ContractLine.EventOf(n!, version))], Nodes(type, compilation, ct));
    }

    /// <summary>The paths and types of a type's JSON, ordered by path.</summary>
    public static IReadOnlyList<ContractNode> Nodes(INamedTypeSymbol type, Compilation compilation, CancellationToken ct)
    {
        var parser = new ContractParser(type, compilation, ct);
        if (EventParser.HasOwnSerializer(type.Attribute(KnownNames.EventAttribute)))
            return [new(ContractLine.Root, new("custom"), type)];
        parser.Add(ContractLine.Root, type, type, isRequired: false);
        if (parser._nodes.Count > 1 && parser._nodes[0].Type is { Name: "object" })
            parser._nodes.RemoveAt(0);
        return [.. parser._nodes.OrderBy(node => node.Path, StringComparer.Ordinal)];
    }

    private void Add(string path, ITypeSymbol type, ISymbol site, bool isRequired)
    {
        _ct.ThrowIfCancellationRequested();
        var isRoot = path == ContractLine.Root;
        var isNullable = !isRoot && IsNullable(type);
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];

        if (_open.TryGetValue(type, out var same))
        {
            Leaf("ref", same);
            return;
        }

        if (ValueOf(type, site) is { } value)
        {
            Leaf(value.Name, value.Content);
            return;
        }

        _open.Add(type, path);
        if (JsonTypes.Map(type) is { } map)
        {
            var key = ValueOf(map.Key, map.Key)?.ToString();
            Leaf("map", key == "string" ? null : key);
            Add(Prefix(path, "{}"), map.Value, site, isRequired: false);
        }
        else if (JsonTypes.Element(type) is { } element)
        {
            Leaf("array");
            Add(Prefix(path, "[]"), element, site, isRequired: false);
        }
        else if (type is INamedTypeSymbol named)
        {
            AddObject(path, named, Leaf);
        }
        else
        {
            Leaf("custom");
        }

        _open.Remove(type);

        void Leaf(string name, string? content = null)
            => _nodes.Add(new(path, new(name, content, isNullable, isRequired, _isComputed), site));
    }

    private void AddObject(string path, INamedTypeSymbol type, Action<string, string?> leaf)
    {
        if (ContractUnion.Of(type) is not { } union)
        {
            leaf("object", null);
            AddMembers(path, type);
            return;
        }

        leaf("union", union.Content);
        if (!type.IsAbstract)
            AddMembers(path, type);
        foreach (var (name, derived) in union.Derived)
            AddMembers(Prefix(path, $"({name})"), derived);
        AddNameless(Prefix(path, "()"), union.Nameless);
    }

    /// <summary>Adds derived types without a discriminator. They share paths; where their types differ, any JSON is possible.</summary>
    private void AddNameless(string path, IReadOnlyList<INamedTypeSymbol> types)
    {
        var start = _nodes.Count;
        foreach (var type in types)
            AddMembers(path, type);
        var places = _nodes.Skip(start).GroupBy(node => node.Path, StringComparer.Ordinal)
            .Select(group => group.All(node => node.Type == group.First().Type)
                ? group.First()
                : group.First() with { Type = new("json", IsNullable: true) })
            .ToList();
        _nodes.RemoveRange(start, _nodes.Count - start);
        _nodes.AddRange(places);
    }

    private void AddMembers(string path, INamedTypeSymbol type)
    {
        var setsRequired = !new ConstructorParser(_context, type).Select(out var constructor)
            && constructor?.Attribute("System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute") is not null;
        var members = new MemberSelection(_context, type).Select();
        var outer = _isComputed;
        foreach (var member in members)
        {
            if (member.IsIgnored || member.Symbol.Json("JsonExtensionDataAttribute") is not null)
                continue;
            var isRequired = member.Symbol.Json("JsonRequiredAttribute") is not null
                || (!setsRequired && member.Symbol is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true });
            var name = ContractNames.Escape(member.JsonName);
            _isComputed = outer || MemberAccess.IsComputed(member, constructor);
            Add(path == ContractLine.Root ? name : $"{path}.{name}", member.Type, member.Symbol, isRequired && !_isComputed);
        }

        _isComputed = outer;
    }

    /// <summary>The type if its JSON is a single value or comes from the user's converter, otherwise null.</summary>
    private ContractType? ValueOf(ITypeSymbol type, ISymbol site)
    {
        var converter = ContractConverters.Of(site) ?? Registered(type) ?? ContractConverters.Of(type);
        if (type.TypeKind == TypeKind.Enum && converter is null or ConverterKind.EnumName)
            return ContractEnums.Of((INamedTypeSymbol)type, byName: converter is ConverterKind.EnumName);
        if (converter is not null)
            return new("custom");
        if (JsonTypes.Find(type) is not { } name)
            return null;
        return ContractConverters.WritesNumbersAsText(site) && Readability.IsNumber(name) ? new("text", name) : new(name);
    }

    private ConverterKind? Registered(ITypeSymbol type) => _context.Converters.Find(type) is not { } registered ? null
        : Converters.WritesNames(registered.Converter, type) ? ConverterKind.EnumName : ConverterKind.Custom;

    private static bool IsNullable(ITypeSymbol type) => type.IsValueType
        ? type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
        : type.NullableAnnotation != NullableAnnotation.NotAnnotated;

    private static string Prefix(string path, string suffix) => path == ContractLine.Root ? suffix : path + suffix;
}
