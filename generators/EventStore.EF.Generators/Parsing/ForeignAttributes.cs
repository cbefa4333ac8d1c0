using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Finds attributes of other serializers that events would ignore, and the attributes of System.Text.Json that say the same. An attribute
/// whose meaning System.Text.Json shares anyway, or whose counterpart is there too, is not reported.
/// </summary>
internal static class ForeignAttributes
{
    private const string StoresAnyway = "the member would be stored; replace it by [JsonIgnore] of System.Text.Json";

    private const string Condition = $"Condition = global::{KnownNames.JsonNamespace}.JsonIgnoreCondition.";

    /// <summary>The names of the attributes that leave a member out, whatever serializer they belong to.</summary>
    private static readonly HashSet<string> Ignoring = new(StringComparer.Ordinal)
    {
        "JsonIgnoreAttribute", "IgnoreDataMemberAttribute", "NonSerializedAttribute", "XmlIgnoreAttribute", "SoapIgnoreAttribute",
        "ScriptIgnoreAttribute", "IgnoreMemberAttribute", "MemoryPackIgnoreAttribute", "ProtoIgnoreAttribute", "BsonIgnoreAttribute",
        "YamlIgnoreAttribute",
    };

    /// <summary>Reports the attributes of a type, its constructors and its stored members.</summary>
    public static void Check(ParseContext context, INamedTypeSymbol type, IMethodSymbol? constructor, IReadOnlyList<Member> members)
    {
        foreach (var declaring in type.Hierarchy())
            Check(context, declaring, isSelected: true);
        CheckConstructors(context, type, constructor);
        var optIns = new Dictionary<INamedTypeSymbol, string?>(SymbolEqualityComparer.Default);
        foreach (var member in members)
        {
            if (member.IsIgnored)
                continue;
            if (!member.IsPlain)
                Check(context, member.Symbol, isSelected: true);
            var declaring = member.Symbol.ContainingType;
            if (!optIns.TryGetValue(declaring, out var optIn))
                optIns.Add(declaring, optIn = OptIn(declaring));
            if (optIn is not null && !IsMarked(member.Symbol))
            {
                context.Report(
                    Descriptors.ForeignAttribute, member.Symbol, context.Place(declaring), optIn,
                    $"'{member.Symbol.Name}', which isn't marked, would be stored; leave it out with [JsonIgnore] of System.Text.Json");
            }
        }

        foreach (var parameter in constructor?.Parameters ?? [])
            Check(context, parameter, isSelected: true);
    }

    /// <summary>Reports a constructor that another serializer would use; returns whether there is one.</summary>
    public static bool CheckConstructors(ParseContext context, INamedTypeSymbol type, IMethodSymbol? constructor)
        => !type.InstanceConstructors.Any(other => other.Json("JsonConstructorAttribute") is not null)
            && type.InstanceConstructors
                .Where(other => !other.IsImplicitlyDeclared && !other.Equals(constructor, SymbolEqualityComparer.Default))
                .Select(other => Check(context, other, isSelected: true))
                .ToList()
                .Contains(true);

    /// <summary>Reports the attributes of one symbol that would be ignored; returns whether there is one.</summary>
    /// <param name="context">The parse.</param>
    /// <param name="symbol">The symbol.</param>
    /// <param name="isSelected">Whether System.Text.Json stores the member without another attribute.</param>
    public static bool Check(ParseContext context, ISymbol symbol, bool isSelected)
    {
        var found = false;
        foreach (var attribute in symbol.GetAttributes())
        {
            if (Find(attribute, symbol, isSelected) is not { } foreign)
                continue;
            found = true;
            var location = attribute.ApplicationSyntaxReference is { } reference
                && context.Compilation.ContainsSyntaxTree(reference.SyntaxTree)
                ? reference.GetSyntax().GetLocation()
                : context.Location(symbol);
            context.ReportAt(
                Descriptors.ForeignAttribute, location, null,
                context.Place(Owner(symbol)), Name(attribute.AttributeClass!), foreign.Effect);
        }

        return found;
    }

    /// <summary>The attribute's meaning, if events would ignore it, otherwise <see langword="null"/>.</summary>
    public static ForeignAttribute? Find(AttributeData attribute, ISymbol symbol, bool isSelected)
    {
        if (attribute.AttributeClass is not { } type || type.ContainingNamespace.FullName() == KnownNames.JsonNamespace)
            return null;
        if (Ignoring.Contains(type.Name))
        {
            return Owner(symbol).Json("JsonIgnoreAttribute") is null && symbol is not INamedTypeSymbol
                ? new(StoresAnyway, ["JsonIgnore"])
                : null;
        }

        var ns = type.ContainingNamespace.FullName();
        return (ns, type.Name) switch
        {
            ("Newtonsoft.Json", "JsonPropertyAttribute") => Property(attribute, Owner(symbol), isSelected),
            ("System.Runtime.Serialization", "DataMemberAttribute") => DataMember(attribute, symbol, isSelected),
            ("System.Runtime.Serialization", "EnumMemberAttribute") => EnumMember(attribute, symbol),
            ("Newtonsoft.Json", "JsonConverterAttribute") => Converter(attribute, Owner(symbol)),
            ("Newtonsoft.Json", "JsonConstructorAttribute") => Same(symbol, "JsonConstructor", "another constructor would be used"),
            ("Newtonsoft.Json", "JsonRequiredAttribute") => Same(symbol, "JsonRequired", "JSON without the member would be read"),
            ("Newtonsoft.Json", "JsonExtensionDataAttribute") => Same(symbol, "JsonExtensionData", "it would be stored as a member"),
            ("Newtonsoft.Json", "JsonObjectAttribute") when Argument(attribute, "NamingStrategyType") is not null
                => new("the members would have other names; give each its name with [JsonPropertyName] of System.Text.Json", []),
            _ => null,
        };
    }

    private static ForeignAttribute? Property(AttributeData attribute, ISymbol member, bool isSelected)
    {
        var replacement = Included(member, isSelected);
        var name = Argument(attribute, "PropertyName") as string
            ?? attribute.ConstructorArguments.FirstOrDefault().Value as string;
        AddName(replacement, member, name);
        if (Argument(attribute, "Required") is 1 or 2)
            Add(replacement, member, "JsonRequired");
        if (Argument(attribute, "NullValueHandling") is 1)
            Add(replacement, member, "JsonIgnore", Condition + "WhenWritingNull");
        else if (Argument(attribute, "DefaultValueHandling") is 1 or 3)
            Add(replacement, member, "JsonIgnore", Condition + "WhenWritingDefault");
        if (Argument(attribute, "Order") is int order)
            Add(replacement, member, "JsonPropertyOrder", Text(order));
        return Result(replacement);
    }

    private static ForeignAttribute? DataMember(AttributeData attribute, ISymbol member, bool isSelected)
    {
        var replacement = Included(member, isSelected);
        AddName(replacement, member, Argument(attribute, "Name") as string);
        if (Argument(attribute, "IsRequired") is true)
            Add(replacement, member, "JsonRequired");
        if (Argument(attribute, "EmitDefaultValue") is false)
            Add(replacement, member, "JsonIgnore", Condition + "WhenWritingDefault");
        if (Argument(attribute, "Order") is int order)
            Add(replacement, member, "JsonPropertyOrder", Text(order));
        return Result(replacement);
    }

    private static ForeignAttribute? EnumMember(AttributeData attribute, ISymbol field)
        => Argument(attribute, "Value") is string name && name != field.Name && field.Json("JsonStringEnumMemberNameAttribute") is null
            ? new("the value would be stored under its own name; replace it by [JsonStringEnumMemberName] of System.Text.Json",
                [$"JsonStringEnumMemberName({Literal(name)})"])
            : null;

    /// <summary>Only the converter of enum names has a counterpart; another one has to be written again.</summary>
    private static ForeignAttribute? Converter(AttributeData attribute, ISymbol symbol)
    {
        if (symbol.Json("JsonConverterAttribute") is not null)
            return null;
        var type = symbol switch
        {
            IPropertySymbol property => property.Type.Underlying(),
            IFieldSymbol field => field.Type.Underlying(),
            _ => symbol as ITypeSymbol,
        };
        return attribute.ConstructorArguments.FirstOrDefault().Value is INamedTypeSymbol { Name: "StringEnumConverter" }
            && type is { TypeKind: TypeKind.Enum }
            ? new("the enum would be stored as a number; replace it by [JsonConverter] of System.Text.Json",
                [$"JsonConverter(typeof(global::System.Text.Json.Serialization.JsonStringEnumConverter<{type.Code()}>))"])
            : new("it would be stored without the converter; write a JsonConverter of System.Text.Json", []);
    }

    private static ForeignAttribute? Same(ISymbol symbol, string name, string effect) => Owner(symbol).Json(name + "Attribute") is null
        ? new($"{effect}; replace it by [{name}] of System.Text.Json", [name])
        : null;

    private static List<string> Included(ISymbol member, bool isSelected)
    {
        var replacement = new List<string>();
        if (!isSelected)
            Add(replacement, member, "JsonInclude");
        return replacement;
    }

    private static void AddName(List<string> replacement, ISymbol member, string? name)
    {
        if (name is not null && name != CamelCase.Of(member.Name))
            Add(replacement, member, "JsonPropertyName", Literal(name));
    }

    private static void Add(List<string> replacement, ISymbol member, string name, string? argument = null)
    {
        if (member.Json(name + "Attribute") is null)
            replacement.Add(argument is null ? name : $"{name}({argument})");
    }

    private static ForeignAttribute? Result(List<string> replacement) => replacement.Count == 0
        ? null
        : new(
            "replace it by " + string.Join(", ", replacement.Select(text => $"[{text.Split('(')[0]}]").Distinct())
                + " of System.Text.Json",
            replacement);

    /// <summary>The attribute with which the type's serializer stores only marked members, or <see langword="null"/>.</summary>
    private static string? OptIn(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (attribute.AttributeClass is not { } c)
                continue;
            if (c.Name == "DataContractAttribute" && c.ContainingNamespace.FullName() == "System.Runtime.Serialization")
                return "DataContract";
            if (c.Name == "JsonObjectAttribute" && c.ContainingNamespace.FullName() == "Newtonsoft.Json"
                && (Argument(attribute, "MemberSerialization") ?? attribute.ConstructorArguments.FirstOrDefault().Value) is 1)
            {
                return "JsonObject";
            }
        }

        return null;
    }

    private static bool IsMarked(ISymbol member) => member.GetAttributes().Any(attribute => attribute.AttributeClass is { } type
        && (type.Name is "DataMemberAttribute" or "JsonPropertyAttribute" || Ignoring.Contains(type.Name)
            || type.ContainingNamespace.FullName() == KnownNames.JsonNamespace));

    /// <summary>The member that an attribute on its backing field or on its constructor parameter means.</summary>
    private static ISymbol Owner(ISymbol symbol) => symbol switch
    {
        IFieldSymbol { AssociatedSymbol: { } member } => member,
        IParameterSymbol { ContainingSymbol: IMethodSymbol constructor } parameter => constructor.ContainingType.Hierarchy()
            .SelectMany(type => type.GetMembers()).OfType<IPropertySymbol>()
            .FirstOrDefault(property => string.Equals(property.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)) ?? symbol,
        _ => symbol,
    };

    private static object? Argument(AttributeData attribute, string name)
        => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value;

    private static string Name(INamedTypeSymbol type)
        => type.Name.EndsWith("Attribute", StringComparison.Ordinal) ? type.Name.Substring(0, type.Name.Length - 9) : type.Name;

    private static string Literal(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An attribute that events would ignore.</summary>
/// <param name="Effect">What happens, and what to do.</param>
/// <param name="Replacement">The attributes of System.Text.Json that say the same, with arguments; none if there are none.</param>
internal sealed record ForeignAttribute(string Effect, IReadOnlyList<string> Replacement);
