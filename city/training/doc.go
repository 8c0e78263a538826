// Package training owns classes in which a skill is taught that somebody lacks for work, who has a
// seat in them, who came, and who passed.
//
// Words: class 培训班 (teaches one skill of the catalogue), session 课次, teacher 授课老师, enrolment
// 报班, roll call 点名, assessment 考核, call off 停办.
//
//	class      open ──called off, with a reason──▶ called off
//
//	enrolment  enrolled ──assessed──▶ passed
//	              │          └──────▶ failed ──assessed again──▶ passed
//	              ├──the worker──▶ withdrawn
//	              └──the class───▶ called off
//
// A class is opened by a clerk, or by the staff of a station for that station. A seat is taken
// until enrolment closes, and given back by withdrawing. The roll of a session is called once it
// has begun; calling it again is a new line, and the last one counts. Assessed is who came at
// least once, from the last session on; passing gives the skill (city/skill), with the enrolment as
// its evidence, in the same transaction.
//
// To enrol is to ask for a seat in person, so no further consent is asked for: name and attendance
// are known to who runs the class (个人信息保护法 13 (1) 2). The fee is what the class costs; it is
// paid at the class, the program does not collect it.
//
// Laws: no seat is sold twice; nobody has seats in two classes at the same time; a skill that
// stands as assessed by a class was passed there by somebody who came; nobody has a seat in a class
// that was called off.
//
// Sources: the model 岗位需求 + 技能培训 + 技能评价 + 就业服务 of 技能照亮前程 (2025–2027), and its figure T01 of
// which 训后就业率 is not counted yet; that a class teaches one skill is a product choice, ADR 0033.
package training

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
