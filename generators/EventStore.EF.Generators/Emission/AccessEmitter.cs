using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.CSharp;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the expressions that read and set members.</summary>
internal static class AccessEmitter
{
    private const string Unbox = "global::System.Runtime.CompilerServices.Unsafe.Unbox";

    /// <summary>A delegate that reads the member of a boxed object.</summary>
    public static string Getter(ObjectShape shape, MemberModel member) => member.Get.Kind switch
    {
        AccessKind.None => "null",
        AccessKind.Direct => $"static o => (({member.DeclaringType})o).{Escape(member.Name)}",
        _ => $"static o => {member.Get.Accessor}({Instance(shape, member, "o")})",
    };

    /// <summary>A delegate that sets the member of a boxed object.</summary>
    public static string Setter(ObjectShape shape, MemberModel member)
    {
        if (member.Set.Kind == AccessKind.None)
            return "null";
        if (member.Set.Kind == AccessKind.Direct)
        {
            return shape.IsValueType
                ? $"static (o, v) => {Unbox}<{shape.Type.Code}>(o).{Escape(member.Name)} = v"
                : $"static (o, v) => (({member.DeclaringType})o).{Escape(member.Name)} = v";
        }

        return member.Set.Kind == AccessKind.FieldAccessor
            ? $"static (o, v) => {member.Set.Accessor}({Instance(shape, member, "o")}) = v"
            : $"static (o, v) => {member.Set.Accessor}({Instance(shape, member, "o")}, v)";
    }

    /// <summary>An expression for the member of the variable <c>value</c>, for the straight-line writer.</summary>
    public static string Read(ObjectShape shape, MemberModel member)
    {
        if (member.Get.Kind != AccessKind.Direct)
            return $"{member.Get.Accessor}({(shape.IsValueType ? "ref " : "")}value)";
        return member.DeclaringType == shape.Type.Code
            ? $"value.{Escape(member.Name)}"
            : $"(({member.DeclaringType})value).{Escape(member.Name)}";
    }

    /// <summary>A statement that sets the member of the variable <c>result</c>, for the straight-line reader.</summary>
    public static string Write(ObjectShape shape, MemberModel member, string value)
    {
        var instance = shape.IsValueType ? "ref result" : "result";
        return member.Set.Kind switch
        {
            AccessKind.FieldAccessor => $"{member.Set.Accessor}({instance}) = {value};",
            AccessKind.Accessor => $"{member.Set.Accessor}({instance}, {value});",
            _ when member.DeclaringType == shape.Type.Code => $"result.{Escape(member.Name)} = {value};",
            _ => $"(({member.DeclaringType})result).{Escape(member.Name)} = {value};",
        };
    }

    private static string Instance(ObjectShape shape, MemberModel member, string boxed)
        => shape.IsValueType ? $"ref {Unbox}<{shape.Type.Code}>({boxed})" : $"({member.DeclaringType}){boxed}";

    private static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
